// The diagram of a case with its path, with bpmn-js (diagram.css beside it). The bpmn.io mark has to stay visible.
import "./diagram.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer.js";

const LEGIBLE = 0.55;
const root = document.getElementById("diagram");
if (root) start(root, JSON.parse(root.dataset.island));

async function start(root, island) {
  const { texts } = island;
  const status = document.getElementById("diagram-status");
  const choice = document.getElementById("diagram-file");
  const canvas = document.getElementById("diagram-canvas");
  const viewer = new NavigatedViewer({ container: canvas, zoomScroll: { enabled: false } });
  let picture;
  try {
    const response = await fetch(island.address, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`diagram: ${response.status}`);
    picture = await response.json();
  } catch (error) {
    console.error(error);
    status.textContent = texts.failed;
    canvas.hidden = true;
    return;
  }
  const titles = (file) => island.titles[file.process] ?? file.name;
  const files = [...picture.files].sort((one, other) => (other.name === picture.main) - (one.name === picture.main));
  choice.append(...files.map((file) => new Option(titles(file), file.name)));

  async function show(name) {
    const file = files.find((one) => one.name === name);
    choice.value = name;
    await viewer.importXML(file.xml);
    mark(viewer, picture, texts);
    const svg = canvas.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", texts.canvas.replace("{name}", titles(file)));
    fit(viewer);
    status.textContent = "";
  }

  choice.addEventListener("change", () => show(choice.value));
  for (const button of root.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => zoom(viewer, button.dataset.zoom));
  }
  canvas.addEventListener("keydown", (event) => moveByKey(viewer, event));
  // A phase in the overview opens its own diagram.
  viewer.on("element.click", ({ element }) => {
    const called = element.businessObject.calledElement;
    const file = called && files.find((one) => one.process === called);
    if (file) show(file.name);
  });
  await show(files[0].name);
}

function mark(viewer, { active, completed, flows }, texts) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  viewer.get("elementRegistry").forEach((element) => {
    const { id } = element;
    if (element.type === "label" || element === canvas.getRootElement()) return;
    if (element.waypoints) {
      if (flows[id]) canvas.addMarker(id, "path-taken");
      return;
    }
    const [done, waiting] = [completed[id], active[id]];
    // A phase drawn open stays white, so that what stands in it can be read.
    if (done && !element.children?.length) canvas.addMarker(id, "is-done");
    if (waiting) canvas.addMarker(id, "is-active");
    if (!done && !waiting) return;
    // Events and gateways carry their names above or below: the badge goes to their left shoulder.
    const position = element.width < 60 ? { top: -14, left: -14 } : { top: -12, right: 14 };
    overlays.add(id, { position, html: badge(done, waiting, texts) });
  });
}

function badge(done, waiting, texts) {
  const element = document.createElement("span");
  element.className = waiting ? "mark mark--active" : "mark mark--done";
  element.textContent = waiting ? String(waiting) : done > 1 ? `✓ ${done}` : "✓";
  element.title = waiting ? texts.active : done > 1 ? `${texts.done}, ${texts.times.replace("{count}", done)}` : texts.done;
  return element;
}

function fit(viewer, whole = false) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  // On a phone the whole picture would be too small to read: begin at the left, large enough, and let people move it.
  const { x, y, height } = canvas.viewbox().inner;
  if (!whole && canvas.zoom() < LEGIBLE) {
    canvas.zoom(LEGIBLE);
    const box = canvas.viewbox();
    canvas.viewbox({ ...box, x: x - 20, y: y + height / 2 - box.height / 2 });
  }
}

function zoom(viewer, how) {
  if (how === "fit") return fit(viewer, true);
  viewer.get("zoomScroll").stepZoom(how === "in" ? 1 : -1);
}

const STEPS = { ArrowLeft: { dx: 60 }, ArrowRight: { dx: -60 }, ArrowUp: { dy: 60 }, ArrowDown: { dy: -60 } };
const ZOOMS = { "+": "in", "-": "out", 0: "fit" };

// bpmn-js itself moves with Ctrl and an arrow only.
function moveByKey(viewer, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (STEPS[event.key]) viewer.get("canvas").scroll({ dx: 0, dy: 0, ...STEPS[event.key] });
  else if (ZOOMS[event.key]) zoom(viewer, ZOOMS[event.key]);
  else return;
  event.preventDefault();
}

// The form of a task, with form-js (form.css beside it): draft, checks, sending, errors. The bpmn.io mark stays visible.
import "./form.css";
import { Form } from "@bpmn-io/form-js-viewer";
import { setUpDates, explainBadDates } from "./form/dates.js";
import { DraftKeeper } from "./form/draft.js";
import { ErrorSummary } from "./form/errors.js";
import { nativeSelect } from "./form/select.js";
import { send } from "./form/send.js";
import { answersOf } from "./form/fields.js";
import { translated } from "./form/texts.js";

const root = document.getElementById("task-form");
if (root) start(root, JSON.parse(root.dataset.island));

async function start(root, island) {
  const { texts } = island;
  const messages = new ErrorSummary(document.getElementById("form-messages"), texts);
  const button = root.querySelector("button[type=submit]");
  const container = document.getElementById("form-fields");
  const drafts = new DraftKeeper(island, document.getElementById("draft-status"));
  setUpDates(island.language);
  let form;
  try {
    container.replaceChildren();
    form = new Form({ container, additionalModules: [translated(texts), nativeSelect(texts.placeholders.select)] });
    await form.importSchema(island.schema, { ...island.options, ...island.data, ...drafts.unsaved() });
  } catch (error) {
    console.error(error);
    messages.show(texts.form_broken, [{ text: texts.reload, href: location.href }]);
    return;
  }
  button.disabled = false;
  drafts.watch(form, () => answersOf(form));
  explainBadDates(container, form, texts);

  let sending = false;
  root.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    messages.clear();
    const { data, errors } = form.submit();
    if (Object.keys(errors).length) return messages.showFields(form, errors);
    sending = true;
    button.setAttribute("aria-disabled", "true");
    button.firstElementChild.textContent = texts.sending;
    drafts.pause();
    const outcome = await send(island, data);
    if (outcome.ok) {
      drafts.forget();
      location.assign(island.addresses.done);
      return;
    }
    sending = false;
    button.removeAttribute("aria-disabled");
    button.firstElementChild.textContent = texts.submit;
    drafts.resume();
    if (outcome.fields) messages.showProblem(form, outcome.text, outcome.fields);
    else messages.show(outcome.text, outcome.links, texts.nothing_lost);
  });
}

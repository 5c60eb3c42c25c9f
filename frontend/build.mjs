// Bundles src/*.js (each an entry) and copies the API docs' viewer into app/web/static/vendor.
// node build.mjs [target folder]
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(here, "..", "app", "web", "static", "vendor"));
const building = `${target}.building`;

const entries = ["app", "form", "diagram", "decision"];
const copies = ["swagger-ui.css", "swagger-ui-bundle.js"];
const modules = join(here, "node_modules");

// Built beside the target and then swapped in: a build that fails leaves the old assets whole.
rmSync(building, { recursive: true, force: true });
mkdirSync(building, { recursive: true });

await build({
  absWorkingDir: here,
  entryPoints: entries.map((name) => `src/${name}.js`),
  outdir: building,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  legalComments: "none",
  assetNames: "assets/[name]",
  loader: { ".woff2": "file", ".woff": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [kernWithoutUtilities(), translatableFormJs()],
  logLevel: "warning",
});

mkdirSync(join(building, "swagger-ui"));
for (const name of copies) {
  cpSync(join(modules, "swagger-ui-dist", name), join(building, "swagger-ui", name));
}

writeFileSync(join(building, "LICENSES.txt"), licences());
rmSync(target, { recursive: true, force: true });
renameSync(building, target);

// KERN's style sheet ends with 150 kB of utility classes; our pages use none of them.
function kernWithoutUtilities() {
  return rewrite("kern-without-utilities", /@kern-ux[\\/]native[\\/]dist[\\/]kern\.css$/, (text) => {
    const start = text.lastIndexOf("/**\n * @file _spacing.scss");
    if (start < text.length / 2) throw new Error("kern.css has changed: the utility classes are not where they were");
    return text.slice(0, start);
  });
}

// form-js takes its date format from the browser (mm/dd/yyyy in an English one; src/form/dates.js sets the format) and
// leaves three texts untranslated. src/form/texts.js provides them.
function translatableFormJs() {
  const texts = {
    "placeholder: getLocaleReadableDateFormat()": "placeholder: globalThis.vorlauf.placeholders.date",
    "placeholder: 'Search'": "placeholder: globalThis.vorlauf.placeholders.search",
    "children: valueLabel || 'Select'": "children: valueLabel || globalThis.vorlauf.placeholders.select",
  };
  return rewrite("translatable-form-js", /@bpmn-io[\\/]form-js-viewer[\\/]dist[\\/]index\.es\.js$/, (source) =>
    Object.entries(texts).reduce((text, [before, after]) => {
      if (text.split(before).length !== 2) throw new Error(`form-js has changed: ${before} is not where it was`);
      return text.replace(before, after);
    }, source),
  );
}

function rewrite(name, filter, change) {
  return {
    name,
    setup: (build) =>
      build.onLoad({ filter }, ({ path }) => ({
        contents: change(readFileSync(path, "utf8")),
        loader: path.endsWith(".css") ? "css" : "js",
      })),
  };
}

// Every library that may have gone into a bundle, with the text that its licence asks us to pass on.
function licences() {
  const locked = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8")).packages;
  return Object.entries(locked)
    .filter(([path, entry]) => path && !entry.dev && !entry.devOptional && existsSync(join(here, path)))
    .map(([path, entry]) => {
      const text = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "LICENCE", "LICENSE-MIT"]
        .map((name) => join(here, path, name))
        .find((file) => existsSync(file));
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      return `${name} ${entry.version} (${entry.license ?? "see text"})\n\n${text ? readFileSync(text, "utf8").trim() : ""}\n`;
    })
    .join(`\n${"-".repeat(78)}\n\n`);
}

// Load forms with form-js, filled in with the examples of their fields. An example is kept as text: a text, date or text
// option as it is, everything else as JSON.
//
// node load_forms.mjs FILE...   prints {"<file>": {"error": "..." | null, "warnings": [...], "changed": {...}}}
//
// form-js refuses unknown field types and ids or keys given twice. It also drops answers that a field cannot hold, such
// as a choice that is not offered: "changed" holds every example that comes back different. Fields whose choices come
// with the task (valuesKey) have none here and are left out.

import { readFileSync } from 'node:fs';

import { loadCommonJs } from './modellers.mjs';

standInForTheBrowser();
const { Form } = loadCommonJs('@bpmn-io/form-js-viewer');
loadCommonJs('preact').options.debounceRendering = () => {}; // only the import counts: nothing is ever drawn

const result = {};
for (const file of process.argv.slice(2)) {
  result[file] = await imported(JSON.parse(readFileSync(file, 'utf8')));
}
console.log(JSON.stringify(result));

async function imported(schema) {
  const examples = Object.fromEntries(
    fields(schema.components).filter(hasExample).map(field => [field.key, held(field)])
  );
  const form = new Form({});
  try {
    const { warnings } = await form.importSchema(structuredClone(schema), structuredClone(examples));
    const { data } = form._getState();
    const changed = Object.keys(examples).filter(key => JSON.stringify(data[key]) !== JSON.stringify(examples[key]));
    return {
      error: null,
      warnings: warnings.map(String),
      changed: Object.fromEntries(changed.map(key => [key, data[key] ?? null]))
    };
  } catch (error) {
    return { error: error.message, warnings: (error.warnings ?? []).map(String), changed: {} };
  }
}

function held({ type, values = [], properties: { example } }) {
  if (['textfield', 'textarea', 'datetime'].includes(type)) return example;
  if (values.some(option => option.value === example)) return example;
  return JSON.parse(example);
}

function fields(components = []) {
  return components.flatMap(component => [component, ...fields(component.components)]);
}

function hasExample(field) {
  return field.key && !field.valuesKey && !field.valuesExpression && field.properties?.example !== undefined;
}

function standInForTheBrowser() {
  const element = () => ({ classList: { add() {}, remove() {} }, setAttribute() {}, appendChild() {}, style: {} });
  globalThis.window = globalThis;
  globalThis.navigator ??= { userAgent: '' };
  globalThis.document = { createElement: element, createElementNS: element, createTextNode: element };
  for (const name of ['Element', 'HTMLCollection', 'HTMLElement', 'KeyboardEvent', 'Node', 'NodeList']) {
    globalThis[name] = class {};
  }
}

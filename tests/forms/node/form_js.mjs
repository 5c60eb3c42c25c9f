// What form-js itself makes of answers: which fields it shows, what it objects to, what it would submit.
//
// node form_js.mjs < [{"schema", "data", "answers"}]   prints [{"shown": [keys], "errors": {key: [texts]}, "data": {…}}]
//
// `data` is what the form is opened with, `answers` is what is then entered. Nothing is drawn: the list of shown fields,
// which the drawn components keep up to date otherwise, is filled here from form-js' own condition checker.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

standInForTheBrowser();
const require = createRequire(new URL('../../../frontend/package.json', import.meta.url));
const { Form, buildExpressionContext, runUnaryTestEvaluation } = require('@bpmn-io/form-js-viewer');
require('preact').options.debounceRendering = () => {};

const results = [];
for (const { schema, data, answers } of JSON.parse(readFileSync(0, 'utf8'))) {
  results.push(await tried(schema, data, answers));
}
console.log(JSON.stringify(results));

async function tried(schema, given, answers) {
  const form = new Form({});
  await form.importSchema(schema, given);
  const { data, initialData } = form._getState();
  Object.assign(data, answers);
  const shown = show(form, { ...initialData, ...form.get('conditionChecker').applyConditions(data, data) });
  const { data: submitted, errors } = form.submit();
  const named = Object.entries(errors).map(([id, texts]) => [form.get('formFieldRegistry').get(id).key, texts]);
  return { shown, errors: Object.fromEntries(named), data: submitted };
}

// As form-js' component FormField does when it is drawn; a hidden group draws nothing inside it.
function show(form, names) {
  const [language, paths, instances] = ['expressionLanguage', 'pathRegistry', 'formFieldInstanceRegistry'].map(form.get);
  const expressionContextInfo = { data: names, this: names, parent: null, i: [] };
  const shown = [];
  const visit = field => {
    const hide = field.conditional?.hide;
    if (hide && runUnaryTestEvaluation(language, hide, expressionContextInfo)) return;
    (field.components ?? []).forEach(visit);
    if (!field.key) return;
    shown.push(field.key);
    const valuePath = paths.getValuePath(field, { indexes: {} });
    instances.syncInstance(field.id, { id: field.id, expressionContextInfo, valuePath, indexes: {}, hidden: false });
  };
  form._getState().schema.components.forEach(visit);
  if (shown.length !== instances.getAllKeyed().length) throw new Error('form-js keeps its list in another way now');
  return shown;
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

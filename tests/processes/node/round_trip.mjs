// Open and save BPMN and DMN files as a modeler does.
//
// node round_trip.mjs FILE...   prints {"<file>": {"warnings": [...], "unknown": [...], "saved": "<xml>"}}
//
// "unknown" lists what the reader keeps only because it does not know it: attributes and elements of the camunda
// namespace that its descriptor lacks, mostly a misspelling that the Modeler would never show.

import { readFileSync } from 'node:fs';

import { load, loadCommonJs } from './modellers.mjs';

const { BpmnModdle } = await load('bpmn-moddle');
const { DmnModdle } = await load('dmn-moddle');
const camunda = loadCommonJs('camunda-bpmn-moddle/resources/camunda.json');

const result = {};
for (const file of process.argv.slice(2)) {
  const moddle = file.endsWith('.dmn') ? new DmnModdle() : new BpmnModdle({ camunda });
  const { rootElement, warnings } = await moddle.fromXML(readFileSync(file, 'utf8'));
  const { xml } = await moddle.toXML(rootElement, { format: true });
  result[file] = { warnings: warnings.map(warning => warning.message), unknown: unknown(rootElement), saved: xml };
}
console.log(JSON.stringify(result));

function unknown(root) {
  const found = [];
  const seen = new Set();
  const visit = value => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!value || typeof value !== 'object' || seen.has(value)) return;
    seen.add(value);
    if (!value.$type) return;
    if (value.$descriptor?.isGeneric && value.$type.startsWith('camunda:')) found.push(`<${value.$type}>`);
    for (const name of Object.keys(value.$attrs ?? {})) {
      if (name.startsWith('camunda:')) found.push(`${value.id ?? value.$type} ${name}`);
    }
    Object.keys(value).filter(key => key !== '$parent').forEach(key => visit(value[key]));
  };
  visit(root);
  return found;
}

// form-js in the reader's language: its translate module, and the placeholders that do not go through it (build.mjs).

export function translated(texts) {
  globalThis.vorlauf = { ...globalThis.vorlauf, placeholders: texts.placeholders };
  const translate = (template, values = {}) =>
    (texts.form[template] ?? template).replace(/\{([^}]+)\}/g, (whole, name) => values[name] ?? whole);
  return { translate: ["value", translate] };
}

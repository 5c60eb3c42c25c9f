// form-js' fields by what they hold: values, names, places on the page.

/** What has been entered, as form-js would submit it, without checking anything. */
export function answersOf(form) {
  return form._getSubmitData();
}

/** Every field on the page: {id, indexes, pointer, label, element}. */
export function fieldsOf(form) {
  const fields = form.get("formFieldRegistry");
  return form
    .get("formFieldInstanceRegistry")
    .getAllKeyed()
    .map(({ id, indexes, valuePath }) => {
      const field = fields.get(id);
      return {
        id,
        indexes: Object.values(indexes ?? {}),
        pointer: `/${valuePath.join("/")}`,
        label: plain(field.label || field.dateLabel || field.timeLabel || field.key),
        element: elementOf(form, id, Object.values(indexes ?? {})),
      };
    });
}

/** The control that takes the focus: the input itself, or the first one of a group. */
function elementOf(form, id, indexes) {
  const name = [`fjs-form-${form._id}-${id}`, ...indexes].join("_");
  for (const suffix of ["-date", "-time", "-search", "", "-0"]) {
    const found = document.getElementById(name + suffix);
    if (found && found.matches("input, select, textarea, button, [tabindex]")) return found;
  }
  return null;
}

/** Errors of form-js ({id: [texts]} or, in lists, {id: {0: [texts]}}) by field. */
export function textsFor(errors, field) {
  let found = errors[field.id];
  for (const index of field.indexes) found = found?.[index];
  return Array.isArray(found) ? found : [];
}

function plain(label) {
  return String(label ?? "").replace(/\s*\*$/, "");
}

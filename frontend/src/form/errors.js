// The list of what is wrong, above the form: announced, focused, with links to the fields.
import { fieldsOf, textsFor } from "./fields.js";

export class ErrorSummary {
  constructor(place, texts) {
    this.place = place;
    this.texts = texts;
  }

  clear() {
    this.place.replaceChildren();
  }

  /** A message that belongs to no field; `links`: [{text, href, blank}]. */
  show(title, links = [], remark = "") {
    const list = links.map(({ text, href, blank }) => {
      const link = make("a", { className: "kern-link", href }, text);
      if (blank) link.target = "_blank";
      return make("p", { className: "kern-body" }, link);
    });
    this.render(title, [...(remark ? [make("p", { className: "kern-body" }, remark)] : []), ...list]);
  }

  /** Errors found by form-js: it shows them at the fields itself. */
  showFields(form, errors) {
    const entries = fieldsOf(form).flatMap((field) => textsFor(errors, field).map((text) => ({ field, text })));
    this.list(this.count(entries.length), entries);
  }

  /** Errors found by the server, [{pointer, message}]: shown at the fields, too. */
  showProblem(form, title, found) {
    const fields = fieldsOf(form);
    const entries = found.map(({ pointer, message }) => ({ field: closest(fields, pointer), text: message }));
    const errors = {};
    for (const { field, text } of entries) {
      if (field && !field.indexes.length) errors[field.id] = [...(errors[field.id] ?? []), text];
    }
    form._setState({ errors });
    this.list(entries.length ? this.count(entries.length) : title, entries);
  }

  count(number) {
    return number === 1 ? this.texts.summary_one : this.texts.summary_many.replace("{count}", number);
  }

  list(title, entries) {
    const items = entries.map(({ field, text }) => {
      const words = field?.label ? `${field.label}${/[?!.:]$/.test(field.label) ? "" : ":"} ${text}` : text;
      if (!field?.element) return make("li", {}, words);
      const link = make("a", { className: "kern-link", href: `#${field.element.id}` }, words);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        field.element.focus({ preventScroll: true });
        field.element.scrollIntoView({ block: "center", behavior: "instant" });
      });
      return make("li", {}, link);
    });
    this.render(title, [make("ul", {}, ...items)]);
  }

  render(title, body) {
    const icon = make("span", { className: "kern-icon kern-icon--danger" });
    icon.setAttribute("aria-hidden", "true");
    const box = make(
      "div",
      { className: "kern-alert kern-alert--danger error-summary", tabIndex: -1 },
      make("div", { className: "kern-alert__header" }, icon, make("h3", { className: "kern-title" }, title)),
      make("div", { className: "kern-alert__body" }, ...body),
    );
    box.setAttribute("role", "alert");
    this.place.replaceChildren(box);
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "start", behavior: "instant" });
  }
}

/** The field a JSON pointer names, or the one it lies in. */
function closest(fields, pointer) {
  return fields
    .filter((field) => pointer === field.pointer || pointer.startsWith(`${field.pointer}/`))
    .sort((one, other) => other.pointer.length - one.pointer.length)[0];
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

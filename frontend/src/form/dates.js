// Dates as people in Germany write them: 30.11.2026 on the page, 2026-11-30 in the data.
import flatpickr from "flatpickr";
import { German } from "flatpickr/dist/l10n/de.js";
import { fieldsOf } from "./fields.js";

/** Set flatpickr up for all date fields that form-js makes from now on. */
export function setUpDates(language) {
  const spoken = new Intl.DateTimeFormat(language, { dateStyle: "full" });
  const format = (date, pattern) => (pattern.includes("F") ? spoken.format(date) : writeDay(date));
  flatpickr.setDefaults({
    locale: language === "de" ? German : { firstDayOfWeek: 1 },
    disableMobile: true,
    // flatpickr takes these two from the caller only, and form-js does not pass them.
    onParseConfig: (_dates, _text, { config }) => Object.assign(config, { parseDate: parseDay, formatDate: format }),
  });
}

/** 30.11.2026, 30.11.26, 30/11/2026, 30112026 or 2026-11-30; undefined for anything else, also for 31.02. */
export function parseDay(text) {
  const written = text.trim();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(written);
  const german = /^(\d{1,2})[./ ]\s*(\d{1,2})[./ ]\s*(\d{4}|\d{2})$/.exec(written) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(written);
  if (!iso && !german) return undefined;
  const [year, month, day] = (iso ? iso.slice(1) : german.slice(1).reverse()).map(Number);
  const full = year < 100 ? 2000 + year : year;
  const date = new Date(full, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date : undefined;
}

function writeDay(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${two(date.getDate())}.${two(date.getMonth() + 1)}.${date.getFullYear()}`;
}

/** Say at the field what cannot be read as a date: form-js alone would silently empty the field. */
export function explainBadDates(container, form, texts) {
  container.addEventListener(
    "blur",
    ({ target }) => {
      if (!target.matches?.(".fjs-datepicker input")) return;
      const typed = target.value.trim();
      if (!typed || parseDay(typed)) return;
      const field = fieldsOf(form).find(({ element }) => element === target);
      // After form-js has reacted to the same event.
      if (field) setTimeout(() => showAt(form, field, texts.not_a_date.replace("{value}", typed)), 50);
    },
    true,
  );
}

function showAt(form, field, text) {
  const errors = structuredClone(form._getState().errors ?? {});
  if (field.indexes.length) return;
  errors[field.id] = [text];
  form._setState({ errors });
}

// A choice among few is the browser's own select: every screen reader and every phone knows it. form-js' drop-down,
// which says nothing of its options to a screen reader, remains for long lists that have to be searched.
import { Description, Errors, Label, Select } from "@bpmn-io/form-js-viewer";
import { jsx } from "preact/jsx-runtime";

const FEW = 20;

/** The module that replaces form-js' select field. */
export function nativeSelect(placeholder) {
  class NativeSelect {
    constructor(formFields, form) {
      const component = (props) => {
        const options = optionsOf(props.field, form._getState().data);
        const few = options.length <= FEW || !props.field.searchable;
        return few ? render({ ...props, options, placeholder }) : jsx(Select, props);
      };
      component.config = Select.config;
      formFields.register("select", component);
    }
  }
  NativeSelect.$inject = ["formFields", "form"];
  return { __init__: ["nativeSelect"], nativeSelect: ["type", NativeSelect] };
}

function optionsOf(field, data) {
  const found = field.values ?? data?.[field.valuesKey] ?? [];
  return found.map((option) => (typeof option === "object" ? option : { value: option, label: String(option) }));
}

function render({ field, domId, value, options, errors = [], disabled, readonly, onChange, onBlur, onFocus, placeholder }) {
  const [description, error] = [`${domId}-description`, `${domId}-error-message`];
  const required = Boolean(field.validate?.required);
  const chosen = options.findIndex((option) => option.value === value);
  const classes = ["fjs-form-field", "fjs-form-field-select", errors.length && "fjs-has-errors"].filter(Boolean).join(" ");
  const choices = options.map((option, index) => jsx("option", { value: index, selected: index === chosen, children: option.label }));
  const select = jsx("select", {
    id: domId,
    class: errors.length ? "kern-form-input__select kern-form-input__select--error" : "kern-form-input__select",
    disabled: disabled || readonly,
    required,
    "aria-invalid": errors.length > 0,
    "aria-describedby": [field.description && description, errors.length && error].filter(Boolean).join(" ") || undefined,
    onChange: ({ target }) => onChange({ value: target.value === "" ? null : options[Number(target.value)].value }),
    onBlur,
    onFocus,
    children: [jsx("option", { value: "", selected: chosen < 0, children: placeholder }), ...choices],
  });
  return jsx("div", {
    class: classes,
    children: [
      jsx(Label, { htmlFor: domId, label: field.label, required }),
      jsx("div", { class: "kern-form-input__select-wrapper", children: select }),
      jsx(Description, { id: description, description: field.description }),
      jsx(Errors, { id: error, errors }),
    ],
  });
}

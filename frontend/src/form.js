// The form of a task, with form-js (form.css beside it).
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-viewer/dist/assets/flatpickr/light.css";
import { createForm } from "@bpmn-io/form-js-viewer";

window.vorlauf = { ...window.vorlauf, createForm };

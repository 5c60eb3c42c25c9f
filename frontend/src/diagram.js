// The diagram of a process, with bpmn-js (diagram.css beside it). The bpmn.io mark has to stay visible.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer.js";

window.vorlauf = { ...window.vorlauf, DiagramViewer: NavigatedViewer };

// A decision table, with dmn-js (decision.css beside it). The bpmn.io mark has to stay visible.
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import DecisionViewer from "dmn-js/lib/Viewer.js";

window.vorlauf = { ...window.vorlauf, DecisionViewer };

// Every page: htmx, and the KERN design system with its typeface (app.css beside it).
import "./app.css";
import htmx from "htmx.org";

window.htmx = htmx;

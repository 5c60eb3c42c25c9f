// Every page: htmx, and the KERN design system with its typeface (app.css beside it).
import "./app.css";
import htmx from "htmx.org";

globalThis.htmx = htmx;

// Confirmations and errors get the focus, so that nobody has to look for them; the confirmation's key leaves the
// address, so that loading the page again does not repeat it.
function settle() {
  const url = new URL(location.href);
  for (const key of ["notice", "done"]) url.searchParams.delete(key);
  if (url.href !== location.href) history.replaceState(history.state, "", url);
  document.querySelector("[data-focus]")?.focus();
}

document.addEventListener("DOMContentLoaded", settle);

// After claiming or releasing: the button has gone, the focus goes to the confirmation.
document.addEventListener("htmx:after:swap", () => {
  const notice = document.querySelector("#notices .notice");
  if (!notice || document.activeElement !== document.body) return;
  notice.tabIndex = -1;
  notice.focus({ preventScroll: true });
});

// A button in a list that was refused: the list as it is now, and why.
document.addEventListener("htmx:response:error", () => {
  const url = new URL(location.href);
  url.searchParams.set("notice", "refused");
  location.assign(url);
});

// Whoever signs out leaves no drafts behind in this tab.
document.addEventListener("submit", ({ target }) => {
  if (!target.matches?.("[data-forget-entries]")) return;
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("vorlauf.")) sessionStorage.removeItem(key);
  } catch {
    /* no storage, nothing to forget */
  }
});

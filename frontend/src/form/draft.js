// Nothing that is typed gets lost: a draft on the server, and a copy in this tab for as long as the server lacks it.

const PAUSE_MS = 1200;
const PREFIX = "vorlauf.draft.";

export class DraftKeeper {
  constructor({ task, user, addresses, texts, language }, status) {
    this.key = `${PREFIX}${user}.${task}`;
    this.address = addresses.draft;
    this.texts = texts;
    this.language = language;
    this.status = status;
    this.paused = false;
  }

  /** What this tab holds and the server does not know yet. */
  unsaved() {
    const kept = readStored(this.key);
    if (!kept) return {};
    this.restored = true;
    return kept;
  }

  watch(form, collect) {
    this.collect = collect;
    this.last = JSON.stringify(collect());
    if (this.restored) {
      this.say(this.texts.restored);
      this.schedule();
    }
    form.on("changed", () => this.changed());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
    globalThis.addEventListener("pagehide", () => this.flush());
    // The page to come may have been read before the last draft was saved: then this tab's copy has to fill it.
    globalThis.addEventListener("beforeunload", () => (this.leaving = true));
  }

  changed() {
    const now = JSON.stringify(this.collect());
    if (now === this.last) return;
    this.last = now;
    this.leaving = false;
    store(this.key, now);
    if (!this.paused) this.schedule();
  }

  schedule() {
    if (!this.address) return; // whoever has no account has no draft either: only the copy in this tab
    clearTimeout(this.timer);
    this.dirty = true;
    this.timer = setTimeout(() => this.save(), PAUSE_MS);
  }

  /** The page goes away: send what is open at once. The copy in this tab stays in case that fails. */
  flush() {
    commitField();
    if (!this.dirty || this.paused) return;
    clearTimeout(this.timer);
    this.dirty = false;
    this.post(true).catch(() => {});
  }

  async save() {
    this.dirty = false;
    const sent = this.last;
    try {
      const response = await this.post(false);
      if (!response.ok) throw new Error(`draft: ${response.status}`);
      if (sent === this.last && !this.leaving) drop(this.key);
      const time = new Intl.DateTimeFormat(this.language, { hour: "2-digit", minute: "2-digit", hour12: false });
      this.say(this.texts.draft_saved.replace("{time}", time.format(new Date())));
    } catch {
      this.say(this.texts.draft_local);
    }
  }

  post(keepalive) {
    return fetch(this.address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: `{"data":${this.last}}`,
      keepalive,
    });
  }

  pause() {
    this.paused = true;
    clearTimeout(this.timer);
  }

  resume() {
    this.paused = false;
    store(this.key, this.last);
    this.schedule();
  }

  forget() {
    drop(this.key);
  }

  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }
}

// form-js takes over what is typed after a pause of a third of a second, or when the field loses the focus. The event
// alone does it: the focus itself stays, so that whoever comes back to the tab can go on typing.
function commitField() {
  const field = document.activeElement;
  if (field?.closest("#form-fields")) field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
}

// A browser may refuse storage altogether; then the server's draft has to do.
function readStored(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function store(key, text) {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    /* see above */
  }
}

function drop(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    /* see above */
  }
}

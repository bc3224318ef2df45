import { fetchPartial } from "./fetch_partial.js";
import { pointerIsAway, rowUnderPointer } from "./pointer.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
const HELD_AT_MOST = 30000;

/** A part of the page that fetches itself again when what it shows has changed. */
class LiveRegion {
  constructor(element, signInUrl) {
    this.element = element;
    this.signInUrl = signInUrl;
    this.topics = new Set(element.dataset.live.split(" "));
    this.running = false;
    this.wanted = false;
    this.pause = FIRST_PAUSE;
    this.shown = essence(element);
    this.endPause = () => {};
  }

  concerns(topic, isNotification) {
    return this.topics.has(topic) || (isNotification && this.topics.has("*"));
  }

  /** One request at a time; what is asked for meanwhile is one more afterwards. */
  async refresh() {
    this.wanted = true;
    this.endPause();
    if (this.running) return;
    this.running = true;
    while (this.wanted) {
      this.wanted = false;
      this.#tell("asking");
      try {
        const html = await this.#fetch();
        if (html === null) return;
        await this.#show(html);
        this.pause = FIRST_PAUSE;
        if (!this.wanted) this.#tell("settled");
      } catch (error) {
        console.warn("A part of the page could not be fetched; trying again.", error);
        this.#tell("failed");
        await this.#rest();
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
        this.wanted = true;
      }
    }
    this.running = false;
  }

  /** With `data-live-form`, what the form of that id says now goes along: a POST, so that it stands in no address. */
  #fetch() {
    const { liveUrl, liveForm } = this.element.dataset;
    const form = liveForm && document.getElementById(liveForm);
    return fetchPartial(liveUrl, this.signInUrl, form ? { method: "POST", body: new FormData(form) } : {});
  }

  #tell(what) {
    this.element.dispatchEvent(new CustomEvent(`live:${what}`, { bubbles: true }));
  }

  /** Until the next try, or until it is asked for again: after a reconnect nobody waits out an old pause. */
  #rest() {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.pause);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** A press must hit the row that the person meant: where that cannot be kept, the news waits for the pointer. */
  async #show(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const news = essence(fresh.content);
    if (news === this.shown) return;
    if (!this.#swap(fresh.content.cloneNode(true), true)) {
      await pointerIsAway(this.element, HELD_AT_MOST);
      if (this.wanted) return;
      this.#swap(fresh.content, false);
    }
    this.shown = news;
  }

  /** @returns {boolean} false where it was taken back, because another row would lie under the pointer */
  #swap(content, careful) {
    const before = new Set(keysOf(this.element));
    const pointed = rowUnderPointer(this.element);
    const top = pointed?.getBoundingClientRect().top;
    const scroller = scrollerOf(this.element);
    const scrolled = scroller.scrollTop;
    const focus = whereFocusIs(this.element);
    const typed = typedIn(this.element);
    const old = [...this.element.childNodes];
    this.element.replaceChildren(content);
    if (pointed && !this.#isKept(pointed.dataset.key, top, scroller) && careful) {
      this.element.replaceChildren(...old);
      scroller.scrollTop = scrolled;
      focus?.element.focus({ preventScroll: true });
      return false;
    }
    for (const row of this.element.querySelectorAll("[data-key]")) {
      if (!before.has(row.dataset.key)) row.dataset.arrived = "";
    }
    restoreTyped(this.element, typed);
    restoreFocus(this.element, focus);
    this.element.dispatchEvent(new CustomEvent("live:swapped", { bubbles: true }));
    return true;
  }

  /** Scrolls so that the row stays under the pointer; a row that is gone must leave no other in its place. */
  #isKept(key, top, scroller) {
    const row = this.element.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!row) return rowUnderPointer(this.element) === null;
    scroller.scrollBy({ top: row.getBoundingClientRect().top - top, behavior: "instant" });
    return Math.abs(row.getBoundingClientRect().top - top) <= 1 && rowUnderPointer(this.element) === row;
  }
}

/** What a person would notice: the token of a form and the hand of a clock differ in every answer. */
function essence(part) {
  const copy = document.createElement("div");
  copy.append(...[...part.childNodes].map((node) => node.cloneNode(true)));
  for (const added of copy.querySelectorAll("[data-added]")) added.remove();
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  for (const clock of copy.querySelectorAll("[data-since], [data-until]")) clock.textContent = "";
  return copy.innerHTML.trim();
}

const keysOf = (element) => [...element.querySelectorAll("[data-key]")].map((row) => row.dataset.key);

function scrollerOf(element) {
  for (let at = element.parentElement; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (/(auto|scroll)/.test(style.overflowY) && at.scrollHeight > at.clientHeight) return at;
  }
  return document.scrollingElement;
}

function whereFocusIs(element) {
  const focused = document.activeElement;
  if (!focused || !element.contains(focused)) return null;
  const row = focused.closest("[data-key]");
  const among = row ? [...row.querySelectorAll(FOCUSABLE)] : [];
  const caret = "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null;
  return { element: focused, id: focused.id, key: row?.dataset.key, place: among.indexOf(focused), caret };
}

const FOCUSABLE = "a[href], button, input, select, textarea, summary";

function restoreFocus(element, focus) {
  if (!focus) return;
  const row = focus.key && element.querySelector(`[data-key="${CSS.escape(focus.key)}"]`);
  const among = row ? [...row.querySelectorAll(FOCUSABLE)] : [];
  // What was pressed may be gone with its press; the row is still the place.
  const target = focus.id ? document.getElementById(focus.id) : (among[focus.place] ?? among.at(-1));
  target?.focus({ preventScroll: true });
  if (target && focus.caret?.[0] != null) target.setSelectionRange(...focus.caret);
}

/** What a person has typed into a region survives its refresh: the read-back of an alarm, say. */
function typedIn(element) {
  const fields = [...element.querySelectorAll("input[id]:not([type=hidden]), textarea[id]")];
  const open = [...element.querySelectorAll("[data-opens][aria-expanded=true]")].map((one) => one.dataset.opens);
  const unfolded = [...element.querySelectorAll("details[open]")].map((one) => placeOf(one, element));
  const values = fields.filter((one) => one.value !== one.defaultValue).map((one) => [one.id, one.value]);
  return { values, open, unfolded };
}

/** Which of its row's folds it is, or of the region's. */
function placeOf(fold, element) {
  const row = fold.closest("[data-key]");
  return { key: row?.dataset.key, place: [...(row ?? element).querySelectorAll("details")].indexOf(fold) };
}

function restoreTyped(element, { values, open, unfolded }) {
  for (const { key, place } of unfolded) {
    const row = key ? element.querySelector(`[data-key="${CSS.escape(key)}"]`) : element;
    const fold = row?.querySelectorAll("details")[place];
    if (fold) fold.open = true;
  }
  for (const [id, value] of values) {
    const field = element.querySelector(`#${CSS.escape(id)}`);
    if (field) field.value = value;
  }
  for (const id of open) {
    const button = element.querySelector(`[data-opens="${CSS.escape(id)}"]`);
    if (button) button.dataset.wasOpen = "";
  }
}

/** All live regions of the page. */
export class LiveRegions {
  constructor(root, signInUrl) {
    this.regions = [...root.querySelectorAll("[data-live]")].map((one) => new LiveRegion(one, signInUrl));
  }

  /** @param {string} topic a notification's type, or a topic such as "lab_results" */
  refresh(topic, isNotification = false) {
    for (const region of this.regions) {
      if (region.concerns(topic, isNotification)) region.refresh();
    }
  }

  refreshAll() {
    for (const region of this.regions) region.refresh();
  }
}

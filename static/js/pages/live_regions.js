import { fetchPartial } from "./fetch_partial.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;

/** A part of the page that fetches itself again when what it shows has changed. */
class LiveRegion {
  constructor(element, signInUrl) {
    this.element = element;
    this.signInUrl = signInUrl;
    this.topics = new Set(element.dataset.live.split(" "));
    this.running = false;
    this.wanted = false;
    this.pause = FIRST_PAUSE;
  }

  concerns(topic, isNotification) {
    return this.topics.has(topic) || (isNotification && this.topics.has("*"));
  }

  /** One request at a time; what is asked for meanwhile is one more afterwards. */
  async refresh() {
    this.wanted = true;
    if (this.running) return;
    this.running = true;
    while (this.wanted) {
      this.wanted = false;
      try {
        const html = await fetchPartial(this.element.dataset.liveUrl, this.signInUrl);
        if (html === null) return;
        await this.#swap(html);
        this.pause = FIRST_PAUSE;
      } catch (error) {
        console.warn("A part of the page could not be fetched; trying again.", error);
        await new Promise((resolve) => setTimeout(resolve, this.pause));
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
        this.wanted = true;
      }
    }
    this.running = false;
  }

  async #swap(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    if (fresh.innerHTML.trim() === this.html) return;
    this.html = fresh.innerHTML.trim();
    const before = new Set(keysOf(this.element));
    const pointed = this.element.querySelector("[data-key]:hover");
    const top = pointed?.getBoundingClientRect().top;
    const focus = whereFocusIs(this.element);
    const typed = typedIn(this.element);
    this.element.replaceChildren(fresh.content);
    for (const row of this.element.querySelectorAll("[data-key]")) {
      if (!before.has(row.dataset.key)) row.dataset.arrived = "";
    }
    if (pointed) this.#keepUnderPointer(pointed.dataset.key, top);
    restoreTyped(this.element, typed);
    restoreFocus(this.element, focus);
    this.element.dispatchEvent(new CustomEvent("live:swapped", { bubbles: true }));
  }

  /** The row that the person is about to press stays where it is; what came above it scrolls up. */
  #keepUnderPointer(key, top) {
    const row = this.element.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!row) return;
    const moved = row.getBoundingClientRect().top - top;
    scrollerOf(row).scrollBy({ top: moved, behavior: "instant" });
  }
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
  return { id: focused.id, key: row?.dataset.key, place: among.indexOf(focused) };
}

const FOCUSABLE = "a[href], button, input, select, textarea, summary";

function restoreFocus(element, focus) {
  if (!focus) return;
  const row = focus.key && element.querySelector(`[data-key="${CSS.escape(focus.key)}"]`);
  const target = focus.id ? document.getElementById(focus.id) : row?.querySelectorAll(FOCUSABLE)[focus.place];
  target?.focus({ preventScroll: true });
}

/** What a person has typed into a region survives its refresh: the read-back of an alarm, say. */
function typedIn(element) {
  const fields = [...element.querySelectorAll("input[id]:not([type=hidden]), textarea[id]")];
  const open = [...element.querySelectorAll("[data-opens][aria-expanded=true]")].map((one) => one.dataset.opens);
  return { values: fields.filter((one) => one.value !== one.defaultValue).map((one) => [one.id, one.value]), open };
}

function restoreTyped(element, { values, open }) {
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

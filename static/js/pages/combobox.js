import { fetchPartial } from "./fetch_partial.js";

const PAUSE = 150;
const DEAF = "The search does not answer now. What you typed stays as it is.";

/**
 * A text field with `data-suggests` (a view that answers a POST of `q` with `<li role="option" data-value>`, and perhaps a
 * `<p data-says>` for all to read) becomes an editable combobox with a list (WAI-ARIA pattern). What is typed stays as it is
 * until an option is chosen: `take` gets it and may return words to be said. What is on offer was found for what stands in
 * the field: with the next letter it is gone, until the answer to that is there. Without this it is a field.
 */
export class Combobox {
  constructor(input, signInUrl, fetchNames = fetchPartial, take = (option) => putValue(input, option)) {
    Object.assign(this, { input, signInUrl, fetchNames, take, timer: null, asked: 0 });
    this.list = document.createElement("ul");
    this.count = document.createElement("span");
    const place = document.createElement("div");
    const label = input.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
    place.className = "suggests";
    Object.assign(this.list, { id: `${input.id}-names`, role: "listbox", hidden: true });
    this.list.setAttribute("aria-label", `${label}: names`);
    this.count.setAttribute("role", "status");
    const focused = document.activeElement === input;
    input.replaceWith(place);
    place.append(input, this.list, this.count);
    if (focused) input.focus();
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id }))
      input.setAttribute(name, value);
    this.#close();
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.#choose(event.target.closest("[role=option]")));
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get active() {
    return this.options.find((one) => one.getAttribute("aria-selected") === "true") ?? null;
  }

  /** An Enter before the answer takes nothing, and sends nothing (`waits`). */
  #typed() {
    this.#close();
    this.waits = true;
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  /** Names for what stands in the field now; what comes too late, for an older text, is neither shown nor said. */
  async ask() {
    clearTimeout(this.timer);
    const typed = this.input.value.trim();
    if (typed.length < 2) return this.#close();
    const asked = (this.asked += 1);
    const isLate = () => asked !== this.asked || typed !== this.input.value.trim() || document.activeElement !== this.input;
    let html = null;
    try {
      html = await this.lookUp(typed);
    } catch {
      if (isLate()) return undefined;
      this.#close(); // a name can be typed without any help
      return this.say(DEAF, "hint");
    }
    if (html !== null && !isLate()) this.#show(html, typed);
    return undefined;
  }

  #show(html, typed) {
    this.list.innerHTML = html;
    const told = this.list.querySelector("[data-says]");
    told?.remove();
    const found = this.options;
    if (!found.length || (found.length === 1 && found[0].dataset.value === typed)) this.#close();
    else {
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
      this.say(`${found.length} name${found.length === 1 ? "" : "s"} to choose from`);
    }
    if (told) this.say(told.textContent, "hint");
  }

  /** In the body, with the token of the form: what somebody looks for stands in no address. */
  lookUp(typed) {
    const token = this.input.form?.elements.csrfmiddlewaretoken?.value ?? "";
    const body = new URLSearchParams({ q: typed, csrfmiddlewaretoken: token });
    return this.fetchNames(this.input.dataset.suggests, this.signInUrl, { method: "POST", body });
  }

  /** To those who listen; with another `look` than "sr", a class, to all. */
  say(words, look = "sr") {
    this.count.className = look;
    this.count.textContent = words;
  }

  #close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.waits = false;
    this.list.hidden = true;
    this.list.replaceChildren();
    this.say("");
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    if (event.key === "Escape" && open) this.#close();
    else if (event.key === "ArrowDown" && !open) this.ask();
    else if (event.key === "ArrowDown") this.#move(1);
    else if (event.key === "ArrowUp" && open) this.#move(-1);
    else if (event.key === "Enter" && this.active) this.#choose(this.active);
    else if (event.key === "Enter" && open) this.#close(); // half a name is not sent; the next Enter sends what stands there
    else if (event.key === "Enter" && this.waits) return event.preventDefault();
    else return undefined;
    return event.preventDefault();
  }

  /** Through the names and, between the last and the first, back into the field. */
  #move(step) {
    const found = this.options;
    const places = found.length + 1;
    const at = (found.indexOf(this.active) + 1 + step + places) % places;
    for (const [place, one] of found.entries()) one.setAttribute("aria-selected", String(place === at - 1));
    const target = this.active;
    if (target) this.input.setAttribute("aria-activedescendant", target.id);
    else this.input.removeAttribute("aria-activedescendant");
    target?.scrollIntoView({ block: "nearest" });
  }

  #choose(option) {
    if (!option) return;
    const words = this.take(option);
    this.#close();
    if (words) this.say(words);
  }
}

function putValue(input, option) {
  input.value = option.dataset.value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

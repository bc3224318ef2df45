import { Combobox } from "./combobox.js";
import { fetchPartial } from "./fetch_partial.js";

/** What appears under a pointer that is just pressing a button must not move the button away. */
const AFTER_A_PRESS = 300;
/** Less than that nobody has read who it is. */
const TIME_TO_LOOK = 1000;
const LOOK = "Nothing is sent yet. Look whether this is the right person, then press again.";
const UNCHOSEN = "Nobody is chosen yet. Search again, and choose from the list.";

/**
 * The field in which a form asks for a patient (`data-picker`): a search whose hit becomes the one choice below it, with name,
 * birth date and record number. Text and choice never disagree: with the first letter that is changed nobody is chosen, and
 * words that name somebody, as the server reads them, are shown to do so when one leaves the field. A form that is sent
 * before that is held until who was named could be seen.
 */
export class PatientPicker {
  constructor(place, signInUrl, fetchNames = fetchPartial, now = () => performance.now()) {
    Object.assign(this, { now, shownAt: -Infinity, isPassed: false });
    this.input = place.querySelector("[data-suggests]");
    this.shownFor = place.querySelector("[data-shown-for]");
    this.choices = place.querySelector("fieldset");
    this.box = new Combobox(this.input, signInUrl, fetchNames, (option) => this.#take(option));
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.settle(), AFTER_A_PRESS));
    this.input.form.addEventListener("submit", (event) => this.#sent(event));
  }

  get chosen() {
    return this.choices.querySelector(":checked");
  }

  /** Something is typed, and means nobody yet. */
  get #isOpen() {
    return this.input.value.trim() !== "" && !this.chosen && this.choices.hidden;
  }

  /** Whom the words name, now that they are left, is chosen; else it is said that nobody is. */
  async settle() {
    const isLeft = () => document.activeElement !== this.input;
    if (this.#isOpen && isLeft() && (await this.#name(isLeft)) === false) this.box.say(UNCHOSEN, "hint");
  }

  /** @returns {Promise<boolean | null>} whether somebody was named, and is chosen now; null where there is no answer to these words */
  async #name(isStill = () => true) {
    const typed = this.input.value.trim();
    const found = document.createElement("template");
    try {
      found.innerHTML = (await this.box.lookUp(typed)) ?? "";
    } catch {
      return null; // whoever is meant is asked for when the form is sent
    }
    if (!this.#isOpen || typed !== this.input.value.trim() || !isStill()) return null;
    const named = found.content.querySelector("[data-named]");
    if (!named) return false;
    this.box.say(this.#take(named));
    this.shownAt = this.now();
    return true;
  }

  /** Who is only named is shown, and sent with the next press. Whom words do not name, the server asks for. */
  async #sent(event) {
    const isSeen = this.now() - this.shownAt >= TIME_TO_LOOK;
    if (this.isPassed || (isSeen && !this.#isOpen)) return;
    event.preventDefault();
    const typed = this.input.value;
    if (this.#isOpen) await this.#name();
    if (this.chosen) {
      this.chosen.focus();
      this.box.say(LOOK, "notice small");
    } else if (typed === this.input.value) this.#pass(event.submitter);
  }

  #pass(submitter) {
    this.isPassed = true;
    this.input.form.requestSubmit(submitter);
    this.isPassed = false;
  }

  #take(option) {
    const choice = document.createElement("div");
    const label = document.createElement("label");
    const radio = document.createElement("input");
    const name = this.input.name.replace(/-words$/, "");
    Object.assign(radio, { type: "radio", name, value: option.dataset.value, id: `${this.input.id}_0`, checked: true });
    label.htmlFor = radio.id;
    label.append(...[...option.childNodes].map((node) => node.cloneNode(true)));
    choice.className = "choice";
    choice.append(radio, label);
    this.#offer([choice]);
    this.input.value = option.dataset.words;
    this.shownFor.value = option.dataset.words;
    tell(radio);
    return `Chosen: ${label.textContent.trim()}`;
  }

  #typed() {
    if (this.input.value.trim() === this.shownFor.value || this.choices.hidden) return;
    const radio = this.chosen;
    if (radio) {
      radio.checked = false;
      tell(radio);
    }
    this.#offer([]);
  }

  /** Enter in a search that means nobody yet looks, and does not send the form. */
  #key(event) {
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || !this.#isOpen) return;
    event.preventDefault();
    this.box.ask();
  }

  #offer(choices) {
    this.choices.querySelectorAll(".choice").forEach((one) => one.remove());
    this.choices.append(...choices);
    this.choices.hidden = choices.length === 0;
  }
}

const tell = (radio) => radio.dispatchEvent(new Event("input", { bubbles: true }));

export function pickPatients(root, signInUrl) {
  for (const place of root.querySelectorAll("[data-picker]")) new PatientPicker(place, signInUrl);
}

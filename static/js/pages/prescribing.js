import { Combobox } from "./combobox.js";

const PAUSE = 350;
const CHECKED = new Set(["patient", "medication"]);
const STALE = "The check is not up to date. Checking again.";
const DEAF = "Not checked: the server does not answer. Trying again.";

/**
 * The check beside the form of a prescription: asked for again as the form is filled and when what it rests on has
 * changed. From that moment until the answer it is marked as stale: an old answer must not look like one to this form.
 */
export function listenToPrescribing(root, regions, signInUrl) {
  for (const input of root.querySelectorAll("[data-suggests]:not([data-picker] *)")) new Combobox(input, signInUrl);
  const form = root.querySelector("[data-prescribe]");
  if (!form) return;
  const region = form.querySelector("[data-live-form]");
  const mark = form.querySelector("[data-stale-mark]");
  const says = form.querySelector("[data-check-says]");
  let timer = null;
  let asked = false;
  let known = fingerprint(region);

  function show(words) {
    region.toggleAttribute("data-stale", Boolean(words));
    mark.hidden = !words;
    if (words) mark.querySelector("span").textContent = words;
  }

  function say(words) {
    if (says.textContent !== words) says.textContent = words;
  }

  function ask() {
    asked = true;
    show(STALE);
    say(STALE);
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      regions.refresh("checks");
    }, PAUSE);
  }

  form.addEventListener("input", (event) => CHECKED.has(event.target.name) && ask());
  // Something has changed somewhere, most often for another patient: that is seen, and only heard if it matters here.
  region.addEventListener("live:asking", () => mark.hidden && show(STALE));
  region.addEventListener("live:failed", () => {
    show(DEAF);
    say(DEAF);
  });
  region.addEventListener("live:settled", () => {
    if (timer !== null) return; // the form has changed since
    offerNames(region, form.elements.medication);
    show("");
    const summary = region.querySelector("[data-summary]").textContent;
    if (asked || says.textContent === DEAF) say(summary);
    else if (fingerprint(region) !== known) say(`The check has changed. ${summary}`);
    asked = false;
    known = fingerprint(region);
  });
  offerNames(region, form.elements.medication);
  // A page that one comes back to has its fields filled by the browser, behind the server's back.
  addEventListener("pageshow", () => form.elements.medication.value && ask());
}

/** What may part one drug from another in a line. */
const SEVERAL = /[,;:/|+&()[\]]|\s(?:and|with|plus)\s/i;
const fingerprint = (region) => region.querySelector("[data-fingerprint]")?.dataset.fingerprint;

/** What may have been meant is one press away, and never taken by itself: for what stands in the field, no other. */
function offerNames(region, input) {
  for (const name of region.querySelectorAll("span[data-takes]")) {
    if (name.dataset.insteadOf.trim() !== input.value.trim() || SEVERAL.test(input.value)) continue; // one part is not the whole
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button slim", textContent: name.dataset.takes });
    button.addEventListener("click", () => {
      input.value = name.dataset.takes;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    });
    name.replaceWith(button);
  }
}

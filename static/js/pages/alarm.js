/** The bar of a critical result: a button opens its read-back, and its clock goes on. */
export function wireAlarms(place) {
  for (const button of place.querySelectorAll("[data-opens]")) {
    const form = document.getElementById(button.dataset.opens);
    if (!form) continue;
    const open = "wasOpen" in button.dataset;
    button.hidden = false;
    form.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  }
}

export function listenToAlarms(place) {
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opens]");
    const form = button && document.getElementById(button.dataset.opens);
    if (!form) return;
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input:not([type=hidden])")?.focus();
  });
  place.addEventListener("live:swapped", () => wireAlarms(place));
  wireAlarms(place);
  keepClocks(place);
}

/** Lets every clock in `place` go on. */
export function keepClocks(place) {
  setInterval(() => tick(place), 1000);
  tick(place);
}

function tick(place) {
  for (const clock of place.querySelectorAll("[data-since]")) {
    clock.textContent = spell(Math.max(0, (Date.now() - Date.parse(clock.dataset.since)) / 1000));
  }
}

/** "6 min 12 s", "2 h 05 min", "3 days". */
export function spell(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} days`;
}

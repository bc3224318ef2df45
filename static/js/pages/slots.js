/** Free times that come and go while somebody chooses: said politely, and the focus is never lost with one. */
export function watchSlots(region, says) {
  let before = starts(region);
  let focused = null;
  region.addEventListener("focusin", (event) => (focused = event.target.value ?? null));
  region.addEventListener("focusout", (event) => {
    if (event.relatedTarget) focused = null;
  });
  region.addEventListener("live:swapped", () => {
    const now = starts(region);
    const gone = before.filter((start) => !now.includes(start));
    const come = now.filter((start) => !before.includes(start));
    before = now;
    says.textContent = [count(gone, "taken meanwhile"), count(come, "free now")].filter(Boolean).join(" ");
    if (focused && gone.includes(focused)) {
      const next = now.find((start) => Date.parse(start) > Date.parse(focused)) ?? now.at(-1);
      if (next) region.querySelector(`[value="${CSS.escape(next)}"]`).focus({ preventScroll: true });
    }
  });
}

const starts = (region) => [...region.querySelectorAll("button[name=start]")].map((one) => one.value);

function count(times, words) {
  if (times.length === 0) return "";
  return times.length === 1 ? `One time is ${words}.` : `${times.length} times are ${words}.`;
}

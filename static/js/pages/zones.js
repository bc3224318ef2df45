/**
 * Beside each time of the clinic's clock, what the clock shows where the reader is, if that differs then.
 * The `datetime` of the element carries the clinic's offset, so no list of zones is needed.
 */
export function showOwnZone(root) {
  let differs = false;
  for (const time of root.querySelectorAll("time[data-zoned]")) {
    const there = elsewhere(time.getAttribute("datetime"));
    differs ||= there !== "";
    const isShort = time.closest(".slots") !== null;
    if (there && !time.nextElementSibling?.classList.contains("there")) time.after(beside(there, isShort));
  }
  if (differs) for (const note of document.querySelectorAll("[data-zone-note]")) note.hidden = false;
}

/** "18:00", with the day where it is another one; nothing where both clocks agree. */
export function elsewhere(iso, timeZone) {
  const moment = new Date(iso);
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  const day = { weekday: "short", day: "numeric", month: "short", timeZone };
  const here = new Intl.DateTimeFormat("en-GB", parts).format(moment);
  const date = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(moment);
  if (`${date}T${here}` === iso.slice(0, 16)) return "";
  if (date === iso.slice(0, 10)) return here;
  return `${new Intl.DateTimeFormat("en-GB", day).format(moment).replace(",", "")}, ${here}`;
}

function beside(there, isShort) {
  const span = document.createElement("span");
  span.className = "there";
  span.dataset.added = "";
  span.textContent = `${there} ${isShort ? "yours" : "where you are"}`;
  return span;
}

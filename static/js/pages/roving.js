/**
 * In a field of many things to press (`data-roving`, each `data-stop`) Tab stops once, and the arrows go to what lies
 * that way, Home and End to the first and the last. Without this script each is a stop of its own.
 */
const AWAY = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIDEWAYS = 3;

export function rove(field) {
  settle(field);
  for (const note of document.querySelectorAll("[data-roving-note]")) note.hidden = false;
  field.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("[data-stop]")) return;
    const next = nextOf(field, event);
    if (!next) return;
    event.preventDefault();
    stopAt(field, next);
    next.focus();
  });
  field.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-stop]")) stopAt(field, event.target);
  });
  field.addEventListener("live:swapped", () => settle(field));
  // A turned phone may show other things of the field.
  addEventListener("resize", () => settle(field));
}

const stopsOf = (field) => [...field.querySelectorAll("[data-stop]")].filter((one) => one.getClientRects().length > 0);

function settle(field) {
  const stops = stopsOf(field);
  const at = stops.find((one) => one === document.activeElement || one.id === field.dataset.at) ?? stops[0];
  if (at) stopAt(field, at);
}

function stopAt(field, chosen) {
  for (const one of field.querySelectorAll("[data-stop]")) one.tabIndex = one === chosen ? 0 : -1;
  if (chosen.id) field.dataset.at = chosen.id;
}

function nextOf(field, event) {
  const stops = stopsOf(field);
  if (event.key === "Home") return stops[0];
  if (event.key === "End") return stops.at(-1);
  return AWAY[event.key] && nearest(stops, event.target, AWAY[event.key]);
}

/** What lies in that direction, the nearest first; what is far to the side counts as further. */
function nearest(stops, from, [x, y]) {
  const here = middle(from);
  const ways = stops
    .map((one) => {
      const there = middle(one);
      const ahead = (there.x - here.x) * x + (there.y - here.y) * y;
      const aside = Math.abs((there.x - here.x) * y) + Math.abs((there.y - here.y) * x);
      return { one, ahead, far: ahead + SIDEWAYS * aside };
    })
    .filter((way) => way.one !== from && way.ahead > 1);
  return ways.sort((a, b) => a.far - b.far)[0]?.one;
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

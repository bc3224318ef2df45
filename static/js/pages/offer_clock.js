import { crossed, left } from "./hold_clock.js";

const SOON = [300, 60];

/**
 * The clock of a slot that is offered: it goes on, says politely when five minutes and one are left and when it is
 * over, and asks the server what has become of it.
 *
 * @param {() => void} askAgain fetches the region anew
 */
export function keepOffer(region, says, askAgain) {
  let before = Infinity;
  const tick = () => {
    const clock = region.querySelector("[data-until]");
    const now = clock ? left(clock) : Infinity;
    if (clock) show(clock, now);
    for (const line of SOON) {
      if (crossed(line, before, now) && now > 0) says.textContent = `The time is kept for ${inWords(line)} more.`;
    }
    if (crossed(0, before, now)) {
      says.textContent = "The time is no longer kept. Nothing else has changed.";
      askAgain();
    }
    before = now;
  };
  region.addEventListener("live:swapped", tick);
  setInterval(tick, 1000);
  tick();
}

const inWords = (seconds) => (seconds > 60 ? `${seconds / 60} minutes` : "one minute");

function show(clock, now) {
  clock.textContent = `${Math.floor(Math.max(now, 0) / 60)} min ${Math.max(now, 0) % 60} s`;
  clock.parentElement.hidden = false;
}

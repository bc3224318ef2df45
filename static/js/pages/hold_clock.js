const SOON = 60;

/**
 * The clock of a slot that is kept: it goes on, says when a minute is left and when it is over (politely, once each),
 * and asks the server what has become of it.
 *
 * @param {() => void} askAgain fetches the region anew
 */
export function keepHold(region, says, askAgain) {
  let before = Infinity;
  let said = region.querySelector("[data-state]").dataset.state;
  const tick = () => {
    const clock = region.querySelector("[data-until]");
    const now = clock ? left(clock) : Infinity;
    if (clock) show(region, clock, now);
    if (crossed(SOON, before, now) && now > 0) says.textContent = "The time is kept for you for one more minute.";
    if (crossed(0, before, now)) {
      says.textContent = "The time is no longer kept for you. What you wrote stays. You can still book it if it is free.";
      askAgain();
    }
    before = now;
  };
  region.addEventListener("live:swapped", () => {
    const { state } = region.querySelector("[data-state]").dataset;
    if (state === "taken" && said !== "taken") says.textContent = "This time is no longer free. Other times are offered.";
    said = state;
    before = Infinity;
    tick();
  });
  setInterval(tick, 1000);
  tick();
}

/** Seconds until what the clock shows is over. */
export const left = (clock) => Math.ceil((Date.parse(clock.dataset.until) - Date.now()) / 1000);

/** Whether the clock has just come to `line`; not when it is first looked at. */
export const crossed = (line, before, now) => before > line && before !== Infinity && now <= line;

function show(region, clock, now) {
  clock.textContent = `${Math.floor(Math.max(now, 0) / 60)} min ${Math.max(now, 0) % 60} s`;
  clock.parentElement.hidden = false;
  region.querySelector("[data-while]").hidden = now <= 0;
  region.querySelector("[data-after]").hidden = now > 0;
  region.querySelector("[data-state]").toggleAttribute("data-lapsed", now <= 0);
}

/** Paper says when it was printed, by the clinic's clock, however long its page has been open. */
export function stampPrints(root, now = () => new Date()) {
  addEventListener("beforeprint", () => {
    for (const stamp of root.querySelectorAll("[data-printed]")) stamp.textContent = written(now(), stamp.dataset.zone);
  });
  // A page that is there to be printed asks by itself.
  if (root.querySelector("[data-print]")) addEventListener("load", () => print());
}

function written(moment, timeZone) {
  const day = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat("en-GB", { ...day, ...time, timeZone }).format(moment);
}

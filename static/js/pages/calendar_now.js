const ROW_SECONDS = 15 * 60;

/** The row of the present moment, however long the page has been open. */
export function markNow(calendar, now = () => Date.now()) {
  const mark = () => {
    for (const row of calendar.querySelectorAll("tr[data-begins]")) {
      const since = now() / 1000 - Number(row.dataset.begins);
      row.toggleAttribute("data-now", since >= 0 && since < ROW_SECONDS);
    }
  };
  calendar.addEventListener("live:swapped", mark);
  setInterval(mark, 20_000);
  mark();
}

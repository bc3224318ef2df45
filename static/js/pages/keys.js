/**
 * In a worklist: j and k (or the arrows) go to the next and previous row, Enter opens it as any link.
 *
 * Only with the focus in the list: a key that acts everywhere acts on words spoken to a computer (WCAG 2.1.4).
 */
export function listenToKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const list = event.target.closest(".table");
    if (!step || !list) return;
    const links = [...list.querySelectorAll("tbody a.name")];
    const row = event.target.closest("tr")?.querySelector("a.name");
    const at = links.indexOf(row);
    if (at < 0) return;
    const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
    event.preventDefault();
    next.focus();
  });
}

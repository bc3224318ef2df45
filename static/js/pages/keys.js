/** In a worklist: j and k (or the arrows) go to the next and previous row, Enter opens it as any link. */
export function listenToKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const arrow = event.key.startsWith("Arrow");
    const links = [...root.querySelectorAll(".table tbody a.name")];
    const at = links.indexOf(document.activeElement);
    if (!step || links.length === 0 || (arrow && at < 0)) return;
    const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
    event.preventDefault();
    next.focus();
  });
}

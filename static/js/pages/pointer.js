/** Where the mouse or pen is; a finger is nowhere between two touches. */
let at = null;
let movedAt = 0;

const remember = (event) => {
  at = event.pointerType === "touch" ? null : { x: event.clientX, y: event.clientY };
  movedAt = performance.now();
};

export function followPointer(root) {
  root.addEventListener("pointermove", remember, { passive: true });
  root.addEventListener("pointerdown", remember, { passive: true });
  root.documentElement.addEventListener("pointerleave", () => (at = null));
}

/** @returns {Element | null} the row of `region` that a press would hit now */
export function rowUnderPointer(region) {
  const row = at && document.elementFromPoint(at.x, at.y)?.closest("[data-key]");
  return row && region.contains(row) ? row : null;
}

/** Resolves once the pointer is off the region's rows, or has rested so long that nobody is about to press. */
export async function pointerIsAway(region, restMs) {
  while (rowUnderPointer(region) && performance.now() - movedAt < restMs) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

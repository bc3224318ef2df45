/**
 * Tells what happens to the page and its network.
 *
 * A page that is left closes its connection itself: browsers refuse to keep a page with an open socket in
 * their back/forward cache, or cut the socket and report it only after the page is back.
 *
 * @param {Window | null} window
 * @param {object} on
 * @param {() => void} on.wake the page is looked at again, or the network is back: try at once
 * @param {() => void} on.doubt the network is said to be gone: find out
 * @param {() => void} on.leave
 * @param {() => void} on.back the page is shown (again)
 * @returns {() => void} stops listening
 */
export function followPage(window, { wake, doubt, leave, back }) {
  if (!window) return () => {};
  const document = window.document;
  const visible = () => document.visibilityState === "visible" && wake();
  /** @type {[EventTarget, string, () => void][]} */
  const listeners = [
    [window, "online", wake],
    [window, "offline", doubt],
    [document, "visibilitychange", visible],
    [document, "resume", wake],
    [window, "pagehide", leave],
    [window, "pageshow", back],
  ];
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
  return () => {
    for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
  };
}

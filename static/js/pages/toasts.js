import { fetchPartial } from "./fetch_partial.js";

/** On a phone a toast lies over what one is about to press: one at a time, and not for long. */
const ROOM = matchMedia("(min-width: 64rem)");
const most = () => (ROOM.matches ? 4 : 1);
const shownMs = () => (ROOM.matches ? 12000 : 6000);

/** Shows news in the corner; the page itself has it too, so a toast may go by itself. */
export async function showToast(notification, signInUrl) {
  const place = document.querySelector(".toasts");
  if (!place || !notification.id) return;
  const html = await fetchPartial(`/notifications/${notification.id}/toast/`, signInUrl).catch(() => null);
  if (!html) return;
  const template = document.createElement("template");
  template.innerHTML = html;
  const toast = template.content.firstElementChild;
  if (place.querySelector(`[data-key="${CSS.escape(toast.dataset.key)}"]`)) return;
  place.append(toast);
  while (place.children.length > most()) place.firstElementChild.remove();
  leaveInTime(toast);
}

/** Not while somebody reads it with the pointer on it, or has the focus in it. */
function leaveInTime(toast) {
  const leave = () => {
    const held = toast.matches(":focus-within") || (ROOM.matches && toast.matches(":hover"));
    if (held) setTimeout(leave, shownMs());
    else toast.remove();
  };
  setTimeout(leave, shownMs());
}

export function listenToToasts() {
  document.querySelector(".toasts")?.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes]")) event.target.closest(".toast").remove();
  });
}

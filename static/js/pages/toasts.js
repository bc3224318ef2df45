import { fetchPartial } from "./fetch_partial.js";

const MOST = 4;
const SHOWN_MS = 12000;

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
  while (place.children.length > MOST) place.firstElementChild.remove();
  leaveInTime(toast);
}

/** Not while somebody points at it or has the focus in it. */
function leaveInTime(toast) {
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, SHOWN_MS);
    else toast.remove();
  };
  setTimeout(leave, SHOWN_MS);
}

export function listenToToasts() {
  document.querySelector(".toasts")?.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes]")) event.target.closest(".toast").remove();
  });
}

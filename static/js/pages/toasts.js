import { fetchPartial } from "./fetch_partial.js";

/** On a phone a toast lies over what one is about to press: one at a time, and not for long. */
const ROOM = matchMedia("(min-width: 64rem)");
const most = () => (ROOM.matches ? 4 : 1);
const shownMs = () => (ROOM.matches ? 12000 : 6000);

/** Shows news in the corner; the page itself has it too, so a toast may go by itself. */
export async function showToast(notification, signInUrl) {
  const place = document.querySelector(".toasts");
  if (!place) return;
  const toast = (await fetched(notification.id, signInUrl)) ?? plain(notification.id);
  if (place.querySelector(`[data-key="${CSS.escape(toast.dataset.key)}"]`)) return;
  place.append(toast);
  while (place.children.length > most()) place.firstElementChild.remove();
  leaveInTime(toast);
}

/** @returns {Promise<Element | null>} null where there is none to be had */
async function fetched(id, signInUrl) {
  if (!id) return null;
  const html = await fetchPartial(`/notifications/${id}/toast/`, signInUrl).catch(() => null);
  const template = document.createElement("template");
  template.innerHTML = html ?? "";
  return template.content.firstElementChild;
}

/** News whose words could not be had is still news. */
function plain(id) {
  const toast = document.getElementById("plain-toast").content.firstElementChild.cloneNode(true);
  toast.dataset.key = `toast-${id}`;
  return toast;
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

/** What was read elsewhere is news no more. */
export function closeToasts(ids) {
  for (const toast of document.querySelectorAll(".toast")) {
    if (ids.includes(toast.dataset.key.replace("toast-", "")) && !toast.matches(":focus-within")) toast.remove();
  }
}

export function listenToToasts() {
  const place = document.querySelector(".toasts");
  place?.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes]")) close(event.target.closest(".toast"));
  });
  addEventListener("keydown", (event) => {
    const toast = document.activeElement?.closest(".toast") ?? place?.lastElementChild;
    if (event.key === "Escape" && toast && !event.target.closest("input, textarea, select, dialog")) close(toast);
  });
}

/** Whoever closes a toast by key goes on where there is something: the next one, else the page. */
function close(toast) {
  const next = toast.nextElementSibling ?? toast.previousElementSibling;
  const focus = toast.contains(document.activeElement);
  toast.remove();
  if (focus) (next?.querySelector("[data-closes]") ?? document.getElementById("main"))?.focus();
}

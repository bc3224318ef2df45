import { sendForm } from "./fetch_partial.js";

/**
 * A form with `data-quiet` is sent without leaving the page, which `done` brings up to date. Where that fails it is
 * sent as any form, and the person sees what the server says.
 */
export function sendQuietly(root, signInUrl, done) {
  root.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!("quiet" in form.dataset)) return;
    event.preventDefault();
    try {
      if (await sendForm(form, signInUrl)) done();
    } catch {
      form.submit();
    }
  });
}

/** A form that was sent is not sent again by an impatient second press. */
export function guardForms(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !("once" in form.dataset)) return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    form.setAttribute("aria-busy", "true");
  });
  // Back again from the next page: the form may be sent anew.
  addEventListener("pageshow", () => {
    for (const form of root.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });
}

/** After a refused form, start where the errors are summed up. */
export function focusErrors(root) {
  root.querySelector("[data-focus]")?.focus();
}

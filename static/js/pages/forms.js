/** A form that was sent is not sent again by an impatient second press. */
export function guardForms(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("once" in form.dataset)) return;
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

/**
 * Calls the page's function. Its mistakes are its own: they are logged, and the next news still arrives.
 *
 * @param {Function | undefined} callback
 * @param {...unknown} values
 */
export function tell(callback, ...values) {
  try {
    const outcome = callback?.(...values);
    if (typeof outcome?.catch === "function") outcome.catch(report);
  } catch (error) {
    report(error);
  }
}

/** @param {unknown} error */
function report(error) {
  console.error("A notification callback failed.", error);
}

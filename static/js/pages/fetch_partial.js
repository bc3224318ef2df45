/**
 * The HTML of a partial, or null where the person is no longer signed in (the page then leaves).
 * Throws for everything else that is not a page: the caller tries again.
 */
export async function fetchPartial(url, signInUrl, more = {}) {
  return (await request(url, signInUrl, more))?.text() ?? null;
}

/**
 * Sends a form without leaving the page.
 *
 * @returns {Promise<boolean>} false where the person is no longer signed in; throws where it was not taken
 */
export async function sendForm(form, signInUrl) {
  return (await request(form.action, signInUrl, { method: "POST", body: new FormData(form) })) !== null;
}

async function request(url, signInUrl, more = {}) {
  const headers = { "X-Requested-With": "fetch" };
  const response = await fetch(url, { headers, credentials: "same-origin", ...more });
  if (response.redirected && new URL(response.url).pathname === signInUrl) {
    leaveToSignIn(signInUrl);
    return null;
  }
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

/** Where it is said why: the page was not left by who was filling it. */
export function leaveToSignIn(signInUrl) {
  const here = encodeURIComponent(location.pathname + location.search);
  location.assign(`${signInUrl}?next=${here}&ended=1`);
}

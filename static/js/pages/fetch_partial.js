/**
 * The HTML of a partial, or null where the person is no longer signed in (the page then leaves).
 * Throws for everything else that is not a page: the caller tries again.
 */
export async function fetchPartial(url, signInUrl) {
  const response = await fetch(url, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
  if (response.redirected && new URL(response.url).pathname === signInUrl) {
    leaveToSignIn(signInUrl);
    return null;
  }
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.text();
}

export function leaveToSignIn(signInUrl) {
  const here = encodeURIComponent(location.pathname + location.search);
  location.assign(`${signInUrl}?next=${here}`);
}

/** `test("a promise as a sentence", work)`, `run()`, and the few assertions the tests need. */

/** @type {{name: string, work: () => unknown}[]} */
const tests = [];

export function test(name, work) {
  tests.push({ name, work });
}

/** @returns {Promise<Record<string, string | null>>} for each test its failure, null where it passed */
export async function run() {
  const outcome = {};
  for (const { name, work } of tests) {
    if (name in outcome) throw new Error(`Two tests are named "${name}".`);
    try {
      await work();
      outcome[name] = null;
    } catch (error) {
      outcome[name] = `${error?.message ?? error}\n${error?.stack ?? ""}`;
    }
  }
  return outcome;
}

const show = (value) => JSON.stringify(value, null, 1) ?? String(value);

export function equal(actual, expected, what = "") {
  if (show(actual) === show(expected)) return;
  throw new Error(`${what}\n  expected: ${show(expected)}\n  actual:   ${show(actual)}`);
}

export function ok(value, what) {
  if (!value) throw new Error(what);
}

/** Let promises that are settled already be heard. */
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Wait for what the browser itself does: locks, channels between tabs. */
export async function until(condition) {
  for (let turn = 0; turn < 300; turn += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Never came true: ${condition}`);
}

/** The message of the spec, as Python reads it too. */
export async function contract(type) {
  return (await fetch(new URL(`../contract/${type}.json`, import.meta.url))).json();
}

/** What `work` writes to console.error. */
export async function loggedErrors(work) {
  const original = console.error;
  const lines = [];
  console.error = (...words) => lines.push(words.join(" "));
  try {
    await work();
  } finally {
    console.error = original;
  }
  return lines;
}

export const FIRST_DELAY = 1000;
export const LONGEST_DELAY = 30000;

/**
 * Full jitter: anything from now to a ceiling that doubles from 1 s to 30 s, so that a thousand clients
 * of one restarted server do not come back in the same moment.
 *
 * @param {number} failures attempts that failed in a row, from 0
 * @param {() => number} random from 0 up to 1
 * @returns {number} milliseconds
 */
export function backoff(failures, random) {
  return Math.round(random() * ceiling(failures));
}

/**
 * For a server that asked for patience: never less than half the ceiling.
 *
 * @param {number} failures
 * @param {() => number} random
 * @returns {number} milliseconds
 */
export function patientBackoff(failures, random) {
  return Math.round(((1 + random()) / 2) * ceiling(failures));
}

/** @param {number} failures */
function ceiling(failures) {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures);
}

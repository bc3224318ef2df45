import { backoff } from "./backoff.js";
import { Timer } from "./clock.js";

const BEFORE_EXPIRY = 60000;
const SHORTEST_WAIT = 10000; // also where this clock is wrong and every token looks expired
const LONGEST_WAIT = 24 * 60 * 60 * 1000;

/**
 * @param {string} jwt
 * @returns {number | null} when it expires in milliseconds, null where it does not say
 */
export function expiryOf(jwt) {
  try {
    const body = jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const { exp } = JSON.parse(atob(body));
    return Number.isFinite(exp) ? exp * 1000 : null;
  } catch {
    return null;
  }
}

/** The credential of a connection: a string, a function that fetches one, or none (session cookie). */
export class Token {
  #source;
  #clock;
  #random;
  #renewed;
  #timer;
  #failures = 0;

  /**
   * @param {object} parts
   * @param {import("./types.js").Options["token"]} parts.source
   * @param {import("./types.js").Clock} parts.clock
   * @param {() => number} parts.random
   * @param {(token: string) => void} parts.renewed a fresh one, shortly before the old one expires
   */
  constructor({ source, clock, random, renewed }) {
    this.#source = source;
    this.#clock = clock;
    this.#random = random;
    this.#renewed = renewed;
    this.#timer = new Timer(clock, () => this.#renew());
  }

  get canRenew() {
    return typeof this.#source === "function";
  }

  /**
   * @param {(token: string | null) => void} use at once where there is nothing to fetch
   * @param {() => void} failed the function threw, rejected, or gave no text
   */
  get(use, failed) {
    if (typeof this.#source !== "function") {
      use(this.#source ?? null);
      return;
    }
    this.#fetch().then(use, failed);
  }

  /**
   * Renew the one in use before it expires.
   *
   * @param {string | null} token
   */
  keepFresh(token) {
    this.#timer.stop();
    const expiry = this.canRenew && token ? expiryOf(token) : null;
    if (expiry === null) return;
    const left = expiry - this.#clock.now();
    this.#failures = 0;
    this.#timer.start(Math.min(LONGEST_WAIT, Math.max(left - BEFORE_EXPIRY, left / 2, SHORTEST_WAIT)));
  }

  stop() {
    this.#timer.stop();
  }

  async #fetch() {
    const token = await this.#source();
    if (typeof token !== "string" || token === "") throw new TypeError("The token function gave no token.");
    return token;
  }

  #renew() {
    this.#fetch().then(
      (token) => this.#renewed(token),
      () => this.#timer.start(1000 + backoff(this.#failures++, this.#random)),
    );
  }
}

import { Reason } from "./codes.js";

const OFFLINE_AFTER = 5000;

/**
 * @param {import("./types.js").Clock} clock
 * @param {import("./types.js").StateName} state
 * @param {string | null} reason
 * @returns {import("./types.js").State}
 */
export function stateNow(clock, state, reason = null) {
  return { state, since: new Date(clock.now()), reason, code: null };
}

/** What the page may say about its connection, told once for each change. */
export class ConnectionState {
  #clock;
  #tell;
  #isOnline;
  /** @type {number | null} */
  #deafSince;
  /** @type {import("./types.js").State} */
  #current;

  /**
   * @param {object} parts
   * @param {import("./types.js").Clock} parts.clock
   * @param {() => boolean} parts.isOnline what the browser believes of its network
   * @param {(state: import("./types.js").State) => void} parts.tell
   */
  constructor({ clock, isOnline, tell }) {
    this.#clock = clock;
    this.#isOnline = isOnline;
    this.#tell = tell;
    this.#deafSince = clock.now();
    this.#current = stateNow(clock, "stopped", Reason.CLOSED);
  }

  get current() {
    return this.#current;
  }

  live() {
    this.#deafSince = null;
    this.#set("live", this.#clock.now());
  }

  /** News gets through, but only when it is asked for. */
  polling() {
    this.#deafSince = null;
    this.#set("polling", this.#clock.now());
  }

  catchingUp() {
    this.#deafSince = null;
    this.#set("catching_up", this.#clock.now());
  }

  begin() {
    this.#deafSince = this.#clock.now();
    this.#set(this.#isOnline() ? "connecting" : "offline", this.#deafSince);
  }

  /**
   * Nothing gets through. A blink is "connecting"; what lasts is "offline".
   *
   * @param {string} reason
   * @param {number | null} code
   */
  deaf(reason, code = null) {
    this.#deafSince ??= this.#clock.now();
    const lasts = this.#clock.now() - this.#deafSince >= OFFLINE_AFTER;
    this.#set(lasts || !this.#isOnline() ? "offline" : "connecting", this.#deafSince, reason, code);
  }

  /**
   * @param {string} reason
   * @param {number | null} code
   */
  stopped(reason = Reason.CLOSED, code = null) {
    this.#set("stopped", this.#clock.now(), reason, code);
  }

  #set(state, since, reason = null, code = null) {
    const before = this.#current;
    if (before.state === state && before.reason === reason && before.code === code) return;
    this.#current = { state, since: new Date(since), reason, code };
    this.#tell(this.#current);
  }
}

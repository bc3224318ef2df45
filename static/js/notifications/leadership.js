/** Whether this browser lets tabs agree on a leader: HTTPS or localhost only. */
export function canShare() {
  return Boolean(globalThis.navigator?.locks && globalThis.BroadcastChannel);
}

/** One tab of many leads: the one that holds a Web Lock, which a tab that dies gives back by itself. */
export class Leadership {
  #name;
  #onLead;
  #onDeposed;
  #quit = new AbortController();

  /**
   * @param {object} parts
   * @param {string} parts.name
   * @param {() => void} parts.onLead
   * @param {() => void} parts.onDeposed another tab found this one silent and has taken over
   */
  constructor({ name, onLead, onDeposed }) {
    this.#name = name;
    this.#onLead = onLead;
    this.#onDeposed = onDeposed;
  }

  /** Lead as soon as nobody else does. */
  queue() {
    const signal = this.#begin();
    this.#request(signal, { signal });
  }

  /** Lead now, whoever does. */
  seize() {
    // A request that steals cannot be withdrawn, hence no signal.
    this.#request(this.#begin(), { steal: true });
  }

  /** Neither lead nor wait for it. */
  quit() {
    this.#quit.abort();
  }

  #begin() {
    this.#quit.abort();
    this.#quit = new AbortController();
    return this.#quit.signal;
  }

  /**
   * @param {AbortSignal} signal
   * @param {LockOptions} options
   */
  #request(signal, options) {
    const hold = () => (signal.aborted ? undefined : this.#lead(signal));
    navigator.locks.request(this.#name, options, hold).catch(() => {
      if (!signal.aborted) this.#onDeposed();
    });
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<void>} the lock is held until it settles
   */
  #lead(signal) {
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve());
      this.#onLead();
    });
  }
}

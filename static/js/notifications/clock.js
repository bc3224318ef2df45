/** @type {import("./types.js").Clock} */
export const realClock = {
  now: () => Date.now(),
  setTimeout: (work, delay) => setTimeout(work, delay),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** One timer that is either waiting or not; starting it again forgets the earlier wait. */
export class Timer {
  #clock;
  #work;
  #handle = null;

  /**
   * @param {import("./types.js").Clock} clock
   * @param {() => void} work
   */
  constructor(clock, work) {
    this.#clock = clock;
    this.#work = work;
  }

  get waiting() {
    return this.#handle !== null;
  }

  /** @param {number} delay milliseconds */
  start(delay) {
    this.stop();
    this.#handle = this.#clock.setTimeout(() => {
      this.#handle = null;
      this.#work();
    }, delay);
  }

  stop() {
    if (this.#handle !== null) this.#clock.clearTimeout(this.#handle);
    this.#handle = null;
  }
}

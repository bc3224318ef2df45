import { Timer } from "./clock.js";

const PROBE_PATIENCE = 5000;
const GRACE = 2000;

/**
 * Notices a connection that is open but dead. Each frame feeds it; when a heartbeat is overdue it probes,
 * and a probe without an answer ends the connection.
 *
 * Silence is measured on the wall clock, not by counting timers: browsers slow the timers of hidden pages
 * down, and a laptop that slept for an hour has had none at all.
 */
export class Watchdog {
  #clock;
  #probe;
  #onDead;
  #timer;
  #interval = 0;
  #heard = 0;
  #probing = false;

  /**
   * @param {object} parts
   * @param {import("./types.js").Clock} parts.clock
   * @param {() => boolean} parts.probe asks the server for a sign of life; false where it may not
   * @param {() => void} parts.onDead
   */
  constructor({ clock, probe, onDead }) {
    this.#clock = clock;
    this.#probe = probe;
    this.#onDead = onDead;
    this.#timer = new Timer(clock, () => this.#look());
  }

  /** @param {number} interval milliseconds between the server's heartbeats */
  start(interval) {
    this.#interval = interval;
    this.fed();
    this.#wait();
  }

  stop() {
    this.#timer.stop();
    this.#interval = 0;
    this.#probing = false;
  }

  /** A frame has arrived. */
  fed() {
    this.#heard = this.#clock.now();
    this.#probing = false;
  }

  /** The page woke up or the network changed: do not wait for the next heartbeat to find out. */
  check() {
    if (this.#interval && !this.#probing) this.#startProbe();
  }

  #look() {
    if (this.#probing) {
      this.#onDead();
    } else if (this.#isOverdue()) {
      this.#startProbe();
    } else {
      this.#wait();
    }
  }

  #isOverdue() {
    const silence = this.#clock.now() - this.#heard;
    if (silence < 0) this.#heard = this.#clock.now(); // the clock was set back
    return silence > this.#interval + GRACE;
  }

  #startProbe() {
    this.#probing = true;
    // Without a probe, only a second missed heartbeat tells a dead connection from a late one.
    this.#timer.start(this.#probe() ? PROBE_PATIENCE : this.#interval);
  }

  #wait() {
    this.#timer.start(this.#interval / 2);
  }
}

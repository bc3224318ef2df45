import { backoff, patientBackoff } from "./backoff.js";
import { tell } from "./callbacks.js";
import { Timer } from "./clock.js";
import { Reason, afterClose } from "./codes.js";
import { followPage } from "./lifecycle.js";
import { SocketProbe } from "./socket_probe.js";
import { Token } from "./token.js";
import { Transports } from "./transports.js";
import { Watchdog } from "./watchdog.js";

const TOKEN_PATIENCE = 15000;
const HELD_A_WHILE = 2000;
const POLL_AFTER_FAILURES = 2;

/** Keeps one link alive: makes it, notices its death, waits, makes the next; ends only on a stop code. */
export class Connection {
  #options;
  #state;
  #onFrame;
  #onUp;
  #onDown;
  #token;
  #watchdog;
  #retry;
  #tokenPatience;
  #held;
  #probe;
  #transports;
  /** @type {ReturnType<Transports["socket" | "inbox"]> | null} */
  #link = null;
  /** Whether this attempt, or the next one, asks the inbox instead of opening a socket. */
  #polls = false;
  /** Counts attempts, so that the late answer to an earlier one is recognised. */
  #attempt = 0;
  #failures = 0;
  #isSuspended = false;
  /** @type {string | null} */
  #tokenInUse = null;
  #stopFollowing = () => {};

  /**
   * @param {object} parts
   * @param {any} parts.options the client's, complete
   * @param {import("./state.js").ConnectionState} parts.state
   * @param {(frame: any) => void} parts.onFrame
   * @param {() => void} parts.onUp a server without `ready` has held the link for a while
   * @param {() => void} parts.onDown
   */
  constructor({ options, state, onFrame, onUp, onDown }) {
    const { clock, random, token, resume } = options;
    this.#options = options;
    this.#transports = new Transports(options);
    this.#state = state;
    this.#onFrame = onFrame;
    this.#onUp = onUp;
    this.#onDown = onDown;
    this.#token = new Token({ source: token, clock, random, renewed: (fresh) => this.#renew(fresh) });
    const probe = () => resume && this.send({ type: "ping" });
    this.#watchdog = new Watchdog({ clock, probe, onDead: () => this.#link?.drop() });
    this.#retry = new Timer(clock, () => this.#connect());
    this.#tokenPatience = new Timer(clock, () => this.#lost(Reason.TOKEN));
    this.#held = new Timer(clock, () => this.#onUp());
    this.#probe = new SocketProbe({
      clock,
      open: (on) => this.#transports.socket(this.#tokenInUse, on),
      onWorks: () => this.#useSocket(),
    });
  }

  /** Whether what comes is asked for every few seconds, because no socket can be had. */
  get isPolling() {
    return this.#polls && this.#link !== null;
  }

  start() {
    this.#failures = 0;
    this.#polls = false;
    this.#isSuspended = false;
    this.#stopFollowing = followPage(this.#options.window, {
      wake: () => this.wake(),
      doubt: () => (this.#link ? this.#watchdog.check() : this.#state.deaf(Reason.LOST)),
      leave: () => this.#suspend(),
      back: () => this.#comeBack(),
    });
    this.#state.begin();
    this.#connect();
  }

  /**
   * @param {string} reason
   * @param {number | null} [code]
   */
  stop(reason, code = null) {
    this.#disconnect();
    this.#stopFollowing();
    this.#state.stopped(reason, code);
  }

  wake() {
    if (this.#retry.waiting) this.#connect();
    else this.#watchdog.check();
    this.#probe.hurry();
  }

  /**
   * The server has answered as it should: count failures from 0 again.
   *
   * @param {number} [heartbeat] seconds between heartbeats, where the server sends them
   */
  accept(heartbeat) {
    if (this.#polls) this.#probe.start();
    else this.#failures = 0;
    this.#held.stop();
    this.#link?.accept();
    if (heartbeat) this.#watchdog.start(heartbeat * 1000);
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether it went out
   */
  send(frame) {
    return this.#link?.send(frame) ?? false;
  }

  #connect() {
    this.#disconnect();
    const attempt = this.#attempt;
    // An answer that comes after the attempt was given up belongs to nobody.
    const ours = (/** @type {Function} */ work) => (/** @type {any} */ value) => {
      if (attempt === this.#attempt) work(value);
    };
    this.#tokenPatience.start(TOKEN_PATIENCE);
    this.#token.get(
      ours((/** @type {string | null} */ token) => this.#open(token)),
      ours(() => this.#lost(Reason.TOKEN)),
    );
  }

  /** @param {string | null} token */
  #open(token) {
    this.#tokenPatience.stop();
    this.#tokenInUse = token;
    const on = {
      onOpen: () => this.#opened(token),
      onFrame: (/** @type {any} */ frame) => this.#heard(frame),
      onEnd: (/** @type {number | null} */ code) => this.#ended(code),
    };
    try {
      this.#link = this.#polls ? this.#transports.inbox(token, on) : this.#transports.socket(token, on);
    } catch (error) {
      tell(this.#options.onError, { code: "bad_address", message: String(error) });
      this.#lost(Reason.LOST);
    }
  }

  #useSocket() {
    this.#polls = false;
    this.#failures = 0;
    this.#connect();
  }

  /** @param {string | null} token */
  #opened(token) {
    if (this.#options.resume) this.#token.keepFresh(token);
    if (this.#options.awaitReady) return;
    this.#link?.accept();
    this.#held.start(HELD_A_WHILE);
  }

  /** @param {any} frame */
  #heard(frame) {
    this.#watchdog.fed();
    this.#onFrame(frame);
  }

  /** @param {number | null} code */
  #ended(code) {
    if (code === null) {
      this.#lost(Reason.SILENT);
      return;
    }
    const { retry, patient, reason } = afterClose(code, this.#token.canRenew);
    if (retry) this.#lost(reason, code, patient ? patientBackoff : backoff);
    else this.stop(reason, code);
  }

  /**
   * @param {string} reason
   * @param {number | null} code
   */
  #lost(reason, code = null, wait = backoff) {
    this.#disconnect();
    this.#retry.start(wait(this.#failures, this.#options.random));
    this.#failures += 1;
    this.#polls = this.#transports.mayPoll && !this.#polls && this.#failures >= POLL_AFTER_FAILURES;
    this.#state.deaf(reason, code);
  }

  /** @param {string} fresh */
  #renew(fresh) {
    if (this.send({ type: "token", token: fresh })) this.#token.keepFresh(fresh);
  }

  #suspend() {
    this.#isSuspended = true;
    this.#disconnect();
    this.#state.deaf(Reason.PAGE_HIDDEN);
  }

  #comeBack() {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    this.#connect();
  }

  #disconnect() {
    this.#attempt += 1;
    for (const timer of [this.#retry, this.#tokenPatience, this.#held]) timer.stop();
    this.#watchdog.stop();
    this.#probe.stop();
    this.#token.stop();
    this.#link?.close();
    this.#link = null;
    this.#onDown();
  }
}

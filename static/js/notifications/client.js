import { backoff, patientBackoff } from "./backoff.js";
import { tell } from "./callbacks.js";
import { CatchUp } from "./catchup.js";
import { Timer, realClock } from "./clock.js";
import { Reason, afterClose } from "./codes.js";
import { isControl, isNotification } from "./frames.js";
import { followPage } from "./lifecycle.js";
import { Link, socketUrl } from "./link.js";
import { Position, positionStore } from "./position.js";
import { ConnectionState } from "./state.js";
import { Token } from "./token.js";
import { Watchdog } from "./watchdog.js";

const DEFAULT_HEARTBEAT = 25;
const HELD_A_WHILE = 2000;

/** @returns {Storage | null} none where the browser forbids it */
function pageStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** Keeps one person's notifications coming: connects, reconnects, catches up, and says how it stands. */
export class NotificationClient {
  #options;
  #state;
  #token;
  #watchdog;
  #catchUp;
  #retry;
  #held;
  /** @type {Link | null} */
  #link = null;
  /** Counts attempts, so that the answer to an earlier one is recognised. */
  #attempt = 0;
  #failures = 0;
  #opened = false;
  #suspended = false;
  #stopFollowing = () => {};

  /** Connects at once. @param {import("./types.js").Options} options */
  constructor(options) {
    const { userId, resume = true } = options;
    const clock = options.clock ?? realClock;
    const storage = options.storage === undefined && resume ? pageStorage() : options.storage;
    const position =
      options.position ?? new Position(positionStore(storage, `healthhub.position.${userId}`));
    this.#options = {
      awaitReady: true,
      WebSocket: globalThis.WebSocket,
      random: Math.random,
      window: globalThis.window ?? null,
      ...options,
      resume,
      clock,
    };
    const { random, window } = this.#options;
    const send = (/** @type {object} */ frame) => this.#send(frame);
    this.#state = new ConnectionState({
      clock,
      isOnline: () => window?.navigator.onLine !== false,
      tell: (state) => tell(options.onState, state),
    });
    this.#token = new Token({ source: options.token, clock, random, renewed: (token) => this.#renew(token) });
    this.#watchdog = new Watchdog({
      clock,
      probe: () => resume && this.ping(),
      onDead: () => this.#link?.drop(),
    });
    this.#catchUp = new CatchUp({
      position,
      clock,
      send,
      show: (notification) => this.#show(notification),
      onReset: () => tell(options.onReset),
      onProgress: () => this.#tellProgress(),
    });
    this.#retry = new Timer(clock, () => this.#connect());
    this.#held = new Timer(clock, () => this.#succeed());
    this.start();
  }

  /** @returns {import("./types.js").State} */
  get state() {
    return this.#state.current;
  }

  /** Connect (again) after `close()` or a stop; does nothing while it runs. */
  start() {
    if (this.state.state !== "stopped") return;
    this.#failures = 0;
    this.#suspended = false;
    this.#stopFollowing = followPage(this.#options.window, {
      wake: () => this.wake(),
      doubt: () => this.#doubt(),
      leave: () => this.#suspend(),
      back: () => this.#comeBack(),
    });
    this.#state.begin();
    this.#connect();
  }

  /** Disconnect for good. */
  close() {
    this.#stop(Reason.CLOSED, null);
  }

  /** Something suggests that it is worth trying now: the page came to the front, the network is back. */
  wake() {
    if (this.#retry.waiting) this.#connect();
    else this.#watchdog.check();
  }

  /**
   * Acknowledge a notification that asks for it; `onUpdated` tells when it has been done.
   *
   * @param {string} id the notification's
   * @param {string} [note] the read-back
   * @returns {boolean} false while not connected: nothing was sent, and nothing is kept for later
   */
  ack(id, note = "") {
    return this.#send({ type: "ack", id, note });
  }

  /** @returns {boolean} false while not connected */
  ping() {
    return this.#send({ type: "ping" });
  }

  #send(/** @type {object} */ frame) {
    return this.#link?.send(frame) ?? false;
  }

  // --- connecting ---------------------------------------------------------------------------------
  #connect() {
    this.#retry.stop();
    const attempt = ++this.#attempt;
    const current = (/** @type {Function} */ work) => (/** @type {any} */ value) =>
      attempt === this.#attempt && work(value);
    // The wait covers a token function that never answers; the link has its own.
    this.#retry.start(15000);
    this.#token.get(
      current((token) => this.#open(token, current)),
      current(() => this.#lost(Reason.TOKEN, null, false)),
    );
  }

  #open(/** @type {string | null} */ token, /** @type {Function} */ current) {
    const { WebSocket, baseUrl, window, userId, clock, awaitReady } = this.#options;
    this.#retry.stop();
    this.#opened = false;
    try {
      this.#link = new Link({
        WebSocket,
        url: socketUrl(baseUrl, window, userId, token),
        clock,
        onOpen: current(() => !awaitReady && this.#held.start(HELD_A_WHILE)),
        onFrame: current((frame) => this.#receive(frame, token)),
        onEnd: current((code) => this.#end(code)),
      });
    } catch (error) {
      tell(this.#options.onError, { code: "bad_address", message: String(error) });
      this.#lost(Reason.LOST, null, false);
    }
  }

  // ...
}

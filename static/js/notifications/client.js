import { tell } from "./callbacks.js";
import { CatchUp } from "./catchup.js";
import { realClock } from "./clock.js";
import { Reason } from "./codes.js";
import { Connection } from "./connection.js";
import { headsOf, isControl, isNotification } from "./frames.js";
import { Position, positionStore } from "./position.js";
import { ConnectionState } from "./state.js";

const USUAL_HEARTBEAT = 25;

/** @returns {Storage | null} none where the browser forbids it */
function pageStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/**
 * Where a reader's position is kept in this browser.
 *
 * @param {string} userId
 * @param {Storage | null} [storage]
 */
export function storedPosition(userId, storage = pageStorage()) {
  return new Position(positionStore(storage, `healthhub.position.${userId}`));
}

/** One person's notifications: kept coming, each shown once, and an honest word on how it stands. */
export class NotificationClient {
  #options;
  #state;
  #connection;
  #position;
  #catchUp;
  #isUp = false;

  /**
   * Connects at once, so `onState` is first called before this returns.
   *
   * @param {import("./types.js").Options} options
   */
  constructor(options) {
    this.#options = {
      resume: true,
      awaitReady: true,
      clock: realClock,
      random: Math.random,
      WebSocket: globalThis.WebSocket,
      fetch: globalThis.fetch?.bind(globalThis),
      pollInterval: 5000,
      window: globalThis.window ?? null,
      ...options,
    };
    const { clock, window, userId, storage } = this.#options;
    this.#position = options.position ?? storedPosition(userId, storage);
    this.#state = new ConnectionState({
      clock,
      isOnline: () => window?.navigator.onLine !== false,
      tell: (state) => tell(options.onState, state),
    });
    this.#connection = new Connection({
      options: this.#options,
      state: this.#state,
      onFrame: (frame) => this.#receive(frame),
      onUp: () => this.#goUp(),
      onDown: () => this.#goDown(),
    });
    this.#catchUp = new CatchUp({
      position: this.#position,
      clock,
      send: (frame) => this.#connection.send(frame),
      show: (notification) => this.#show(notification),
      onReset: () => tell(options.onReset),
      onProgress: () => this.#tellProgress(),
    });
    this.start();
  }

  /** @returns {import("./types.js").State} */
  get state() {
    return this.#state.current;
  }

  /** Connect again after `close()` or a stop; does nothing while it runs. */
  start() {
    if (this.state.state === "stopped") this.#connection.start();
  }

  /** Disconnect until `start()`. */
  close() {
    this.#connection.stop(Reason.CLOSED);
  }

  /** It is worth trying now: reconnect without waiting, or make sure that the connection still lives. */
  wake() {
    this.#connection.wake();
  }

  /**
   * Acknowledge a notification that asks for it; `onUpdated` tells when it has been done.
   *
   * @param {string} id the notification's
   * @param {string} [note] the read-back
   * @returns {boolean} false while not connected: nothing was sent, and nothing is kept for later
   */
  ack(id, note = "") {
    return this.#isUp && this.#connection.send({ type: "ack", id, note });
  }

  /** @returns {boolean} false while not connected */
  ping() {
    return this.#isUp && this.#connection.send({ type: "ping" });
  }

  /** @param {any} frame */
  #receive(frame) {
    if (isControl(frame.type)) {
      this.#obey(frame);
    } else if (this.#options.resume) {
      this.#catchUp.receive(frame);
    } else if (this.#position.take({ type: frame.type, id: frame.id })) {
      this.#show(frame);
    }
    if (!this.#options.awaitReady && !this.#isUp) this.#goUp();
  }

  /** @param {any} frame */
  #obey(frame) {
    const { onReady, onUpdated, onRefresh, onError } = this.#options;
    switch (frame.type) {
      case "ready":
        this.#goUp(frame.heartbeat_interval || USUAL_HEARTBEAT);
        tell(onReady, frame);
        if (this.#options.resume) this.#catchUp.ready(headsOf(frame));
        this.#tellProgress();
        break;
      case "heartbeat":
        if (this.#isUp && this.#options.resume) this.#catchUp.heartbeat(headsOf(frame));
        break;
      case "resumed":
        this.#catchUp.resumed(frame);
        break;
      case "updated":
        tell(onUpdated, frame);
        break;
      case "refresh":
        tell(onRefresh, frame.topic, frame);
        break;
      case "error":
        this.#catchUp.failed();
        tell(onError, { code: frame.code, message: frame.message });
        break;
    }
  }

  /** @param {any} frame */
  #show(frame) {
    const { onNotification, onUnknown } = this.#options;
    tell(isNotification(frame.type) ? onNotification : onUnknown, frame);
  }

  /** @param {number} [heartbeat] seconds */
  #goUp(heartbeat) {
    this.#isUp = true;
    this.#connection.accept(heartbeat);
    if (!this.#options.awaitReady) this.#tellProgress();
  }

  #goDown() {
    this.#isUp = false;
    this.#catchUp.disconnected();
  }

  #tellProgress() {
    if (!this.#isUp) return;
    if (this.#options.resume && this.#catchUp.isBehind) this.#state.catchingUp();
    else if (this.#connection.isPolling) this.#state.polling();
    else this.#state.live();
  }
}

import { tell } from "./callbacks.js";
import { NotificationClient, storedPosition } from "./client.js";
import { realClock } from "./clock.js";
import { Reason } from "./codes.js";
import { headsOf } from "./frames.js";
import { Leadership, canShare } from "./leadership.js";
import { followPage } from "./lifecycle.js";
import { stateNow } from "./state.js";
import { TabBus } from "./tab_bus.js";
import { Watchdog } from "./watchdog.js";

/** What the leading tab passes on; notifications are judged by each tab's own position. */
const RELAYED = ["onNotification", "onUnknown", "onReady", "onUpdated", "onRefresh", "onReset", "onError"];
const LEADER_SPEAKS_EVERY = 30000;

/**
 * The same as NotificationClient, with one socket for all tabs of a person.
 *
 * The tab that holds a Web Lock leads: it has the socket and passes on what comes. When it closes, the lock
 * goes to another; when it falls silent, another takes the lock away. Where the browser has no locks (plain
 * HTTP elsewhere than on localhost), each tab has its own socket.
 */
export class SharedNotificationClient {
  #options;
  #position;
  #clock;
  #watchdog;
  #leadership;
  #state;
  /** @type {NotificationClient | null} held by the leader only */
  #client = null;
  #bus;
  /** The leader's latest `ready`, for tabs that open later. @type {any} */
  #ready = null;
  #stopFollowing = () => {};

  /** @param {import("./types.js").Options} options */
  constructor(options) {
    const window = options.window === undefined ? (globalThis.window ?? null) : options.window;
    const clock = (this.#clock = options.clock ?? realClock);
    this.#options = { ...options, window };
    const name = `healthhub.notifications.${options.userId}`;
    this.#bus = new TabBus(name, (message) => (this.#client ? this.#answer(message) : this.#follow(message)));
    this.#position = options.position ?? storedPosition(options.userId, options.storage);
    const probe = () => this.#bus.post({ kind: "probe" });
    this.#watchdog = new Watchdog({ clock, probe, onDead: () => this.#leadership.seize() });
    this.#leadership = new Leadership({
      name,
      onLead: () => this.#lead(),
      onDeposed: () => this.#stepDown(),
    });
    this.#state = stateNow(this.#clock, "stopped", Reason.CLOSED);
    this.start();
  }

  /** @returns {import("./types.js").State} */
  get state() {
    return this.#state;
  }

  /** Whether this tab holds the socket. */
  get isLeader() {
    return this.#client !== null;
  }

  /** Connect again after `close()` or a stop; does nothing while it runs. */
  start() {
    if (this.#state.state !== "stopped") return;
    this.#stopFollowing = followPage(this.#options.window, {
      wake: () => this.wake(),
      doubt: () => {},
      leave: () => this.#suspend(),
      back: () => this.#join(),
    });
    this.#setState(stateNow(this.#clock, "connecting"));
    this.#join();
  }

  /** Disconnect this tab until `start()`; the others go on. */
  close() {
    this.#stop(stateNow(this.#clock, "stopped", Reason.CLOSED));
  }

  wake() {
    if (this.#client) return;
    this.#bus.post({ kind: "wake" });
    this.#watchdog.check();
  }

  /** As NotificationClient's. @param {string} id @param {string} [note] @returns {boolean} */
  ack(id, note = "") {
    if (this.#client) return this.#client.ack(id, note);
    return ["live", "catching_up"].includes(this.#state.state) && this.#bus.post({ kind: "ack", id, note });
  }

  // --- joining and leading --------------------------------------------------------------------------
  #join() {
    if (this.#bus.isOpen || this.#client) return;
    if (!canShare()) {
      this.#lead();
      return;
    }
    this.#bus.open();
    this.#bus.post({ kind: "hello" });
    this.#queue();
  }

  #queue() {
    this.#watchdog.start(LEADER_SPEAKS_EVERY);
    this.#leadership.queue();
  }

  #leave() {
    this.#leadership.quit();
    this.#watchdog.stop();
    this.#closeSocket();
    this.#bus.close();
  }

  /** The browser may keep the page and show it again; until then the other tabs go on. */
  #suspend() {
    this.#leave();
    this.#setState(stateNow(this.#clock, "connecting", Reason.PAGE_HIDDEN));
  }

  #stepDown() {
    this.#closeSocket();
    this.#queue();
  }

  #closeSocket() {
    const client = this.#client;
    this.#client = null;
    client?.close();
  }

  #lead() {
    this.#watchdog.stop();
    /** @type {any} */
    const relays = {};
    for (const name of RELAYED) relays[name] = (/** @type {any[]} */ ...values) => this.#relay(name, values);
    /** @type {NotificationClient | undefined} */
    let own;
    const onState = (/** @type {any} */ state) => {
      // A client that was given up speaks for nobody.
      if (own !== undefined && own !== this.#client) return;
      if (state.state === "stopped") this.#stop(state);
      else this.#setState(state);
      this.#bus.post({ kind: "state", state: this.#state });
    };
    own = new NotificationClient({ ...this.#options, position: this.#position, ...relays, onState });
    this.#client = own;
  }

  #relay(/** @type {string} */ name, /** @type {any[]} */ values) {
    if (name === "onReady") this.#ready = values[0];
    if (name === "onUpdated") this.#ready = { ...this.#ready, unread_count: values[0].unread_count };
    tell(this.#options[name], ...values);
    this.#bus.post({ kind: "call", name, values });
  }

  /** A stop concerns this tab's sign-in: the lock goes on, and each tab finds out for itself. */
  #stop(/** @type {import("./types.js").State} */ state) {
    this.#leave();
    this.#stopFollowing();
    this.#setState(state);
  }

  #setState(/** @type {import("./types.js").State} */ state) {
    const before = this.#state;
    this.#state = state;
    const isNew = ["state", "reason", "code"].some((key) => before[key] !== state[key]);
    if (isNew) tell(this.#options.onState, state);
  }

  // --- between tabs ---------------------------------------------------------------------------------
  #answer(/** @type {any} */ { kind, from, id, note }) {
    const state = this.#state;
    if (kind === "hello") this.#bus.post({ kind: "welcome", to: from, state, ready: this.#ready });
    if (kind === "probe") this.#bus.post({ kind: "state", state });
    if (kind === "wake") this.#client?.wake();
    if (kind === "ack") this.#client?.ack(id, note);
  }

  #follow(/** @type {any} */ { kind, state, ready, name, values }) {
    if (!["welcome", "state", "call"].includes(kind)) return;
    this.#watchdog.fed();
    if (state && state.state !== "stopped") this.#setState(state);
    if (kind === "welcome" && ready) this.#hear("onReady", [ready]);
    if (kind === "call" && RELAYED.includes(name)) this.#hear(name, values);
  }

  #hear(/** @type {string} */ name, /** @type {any[]} */ values) {
    const isNews = name === "onNotification" || name === "onUnknown";
    if (isNews && !this.#position.take(values[0])) return;
    if (name === "onReady") this.#position.begin(headsOf(values[0]));
    tell(this.#options[name], ...values);
  }
}

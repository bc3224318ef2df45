import { tell } from "./callbacks.js";
import { NotificationClient, storedPosition } from "./client.js";
import { realClock } from "./clock.js";
import { Reason } from "./codes.js";
import { headsOf } from "./frames.js";
import { followPage } from "./lifecycle.js";
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
  #name;
  #position;
  #watchdog;
  #state;
  #id = `${Math.random()}`;
  /** @type {NotificationClient | null} held by the leader only */
  #client = null;
  /** @type {BroadcastChannel | null} */
  #bus = null;
  /** The leader's latest `ready`, for tabs that open later. @type {any} */
  #ready = null;
  #quit = new AbortController();
  #stopFollowing = () => {};

  /** @param {import("./types.js").Options} options */
  constructor(options) {
    const window = options.window === undefined ? (globalThis.window ?? null) : options.window;
    const clock = options.clock ?? realClock;
    this.#options = { ...options, window };
    this.#name = `healthhub.notifications.${options.userId}`;
    this.#position = options.position ?? storedPosition(options.userId, options.storage);
    const probe = () => this.#post({ kind: "probe" });
    this.#watchdog = new Watchdog({ clock, probe, onDead: () => this.#compete({ steal: true }) });
    this.#state = { state: "stopped", since: new Date(clock.now()), reason: Reason.CLOSED, code: null };
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
      leave: () => this.#leave(),
      back: () => this.#join(),
    });
    this.#setState({ ...this.#state, state: "connecting", reason: null, code: null });
    this.#join();
  }

  /** Disconnect this tab until `start()`; the others go on. */
  close() {
    this.#stop({ state: "stopped", since: new Date(), reason: Reason.CLOSED, code: null });
  }

  wake() {
    if (this.#client) return;
    this.#post({ kind: "wake" });
    this.#watchdog.check();
  }

  /** As NotificationClient's. @param {string} id @param {string} [note] @returns {boolean} */
  ack(id, note = "") {
    return this.#client ? this.#client.ack(id, note) : this.#askLeader({ kind: "ack", id, note });
  }

  /** As NotificationClient's. @returns {boolean} */
  ping() {
    return this.#client ? this.#client.ping() : this.#askLeader({ kind: "ping" });
  }

  // --- joining and leading --------------------------------------------------------------------------
  #join() {
    if (this.#bus || this.#client) return;
    if (!globalThis.navigator?.locks || !globalThis.BroadcastChannel) {
      this.#openSocket();
      return;
    }
    this.#bus = new BroadcastChannel(this.#name);
    this.#bus.onmessage = ({ data }) => this.#heard(data);
    this.#post({ kind: "hello" });
    this.#compete({});
  }

  #leave() {
    this.#quit.abort();
    this.#watchdog.stop();
    this.#client?.close();
    this.#client = null;
    this.#bus?.close();
    this.#bus = null;
  }

  /** Queue for the lock, or take it from a leader that is silent. @param {{steal?: boolean}} how */
  #compete(how) {
    this.#quit.abort();
    const { signal } = (this.#quit = new AbortController());
    this.#watchdog.start(LEADER_SPEAKS_EVERY);
    const lead = () => (signal.aborted ? undefined : this.#lead(signal));
    // A request that steals cannot be withdrawn, hence no signal.
    navigator.locks.request(this.#name, how.steal ? how : { signal }, lead).catch(() => {
      if (!signal.aborted) this.#stepDown();
    });
  }

  /** @param {AbortSignal} signal @returns {Promise<void>} the lock is held until it settles */
  #lead(signal) {
    this.#watchdog.stop();
    this.#openSocket();
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve());
    });
  }

  /** Another tab found this one silent and has taken over. */
  #stepDown() {
    const client = this.#client;
    this.#client = null;
    client?.close();
    this.#compete({});
  }

  #openSocket() {
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
      this.#post({ kind: "state", state: this.#state });
    };
    own = new NotificationClient({ ...this.#options, position: this.#position, ...relays, onState });
    this.#client = own;
  }

  /** @param {string} name @param {any[]} values */
  #relay(name, values) {
    if (name === "onReady") this.#ready = values[0];
    if (name === "onUpdated") this.#ready = { ...this.#ready, unread_count: values[0].unread_count };
    tell(this.#options[name], ...values);
    this.#post({ kind: "call", name, values });
  }

  /** A stop concerns this tab's sign-in: the lock goes on, and each tab finds out for itself. */
  #stop(/** @type {import("./types.js").State} */ state) {
    this.#leave();
    this.#stopFollowing();
    this.#setState(state);
  }

  #setState(/** @type {import("./types.js").State} */ state) {
    this.#state = state;
    tell(this.#options.onState, state);
  }

  // --- between tabs ---------------------------------------------------------------------------------
  #post(/** @type {object} */ message) {
    this.#bus?.postMessage({ from: this.#id, ...message });
    return this.#bus !== null;
  }

  #askLeader(/** @type {object} */ message) {
    return ["live", "catching_up"].includes(this.#state.state) && this.#post(message);
  }

  #heard(/** @type {any} */ message) {
    if (this.#client) this.#answer(message);
    else this.#follow(message);
  }

  #answer(/** @type {any} */ { kind, from, id, note }) {
    if (kind === "hello") this.#post({ kind: "welcome", to: from, state: this.#state, ready: this.#ready });
    if (kind === "probe") this.#post({ kind: "state", state: this.#state });
    if (kind === "wake") this.#client?.wake();
    if (kind === "ack") this.#client?.ack(id, note);
    if (kind === "ping") this.#client?.ping();
  }

  #follow(/** @type {any} */ { kind, to, state, ready, name, values }) {
    if (!["welcome", "state", "call"].includes(kind) || (to !== undefined && to !== this.#id)) return;
    this.#watchdog.fed();
    if (state && state.state !== "stopped") this.#setState(state);
    if (kind === "welcome" && ready) this.#hear("onReady", [ready]);
    if (kind === "call" && RELAYED.includes(name)) this.#hear(name, values);
  }

  #hear(/** @type {string} */ name, /** @type {any[]} */ values) {
    const isNews = name === "onNotification" || name === "onUnknown";
    if (isNews && !this.#position.take(values[0])) return;
    if (name === "onReady") this.#adopt(headsOf(values[0]));
    tell(this.#options[name], ...values);
  }

  /** The leader catches up from its own position; this tab only needs to know where to begin. */
  #adopt(/** @type {import("./types.js").Heads} */ heads) {
    for (const [channel, head] of Object.entries(heads)) {
      if (this.#position.of(channel) === undefined) this.#position.moveTo(channel, head);
    }
  }
}

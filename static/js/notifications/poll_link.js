import { Timer } from "./clock.js";
import { CloseCode } from "./codes.js";
import { headsOf } from "./frames.js";

const PAGES_A_TURN = 10;
const ANSWER_WITHIN = 10000;
const LOOK_AGAIN_EVERY = 6;
const CODE_OF_STATUS = { 401: CloseCode.UNAUTHENTICATED, 403: CloseCode.NOT_YOURS, 429: CloseCode.TOO_MANY };

/**
 * @param {string | undefined} baseUrl "https://host:port", also ws(s); the page's own host where absent
 * @param {Window | null} window
 */
export function inboxUrl(baseUrl, window) {
  const base = (baseUrl ?? window?.location.origin ?? "").replace(/^ws/, "http").replace(/\/+$/, "");
  return `${base}/api/v1/notifications`;
}

/**
 * Stands in for a socket where there can be none: asks the REST inbox every few seconds and says what a socket
 * would have said, `ready`, `heartbeat`, notifications and `resumed`, so that nothing else need know.
 *
 * A socket also tells that a list changed without news for its reader; nobody tells that here, so every now and
 * then it says `refresh` with the topic "*": everything.
 */
export class PollLink {
  #fetch;
  #clock;
  #url;
  #token;
  #userId;
  #interval;
  #onFrame;
  #onEnd;
  #timer;
  #ended = false;
  #polls = 0;
  /** @type {any} the latest answer */
  #state = null;
  /** One request at a time: a `resume` and the next look follow one another. */
  #queue = Promise.resolve();

  /**
   * @param {object} parts
   * @param {typeof fetch} parts.fetch
   * @param {import("./types.js").Clock} parts.clock
   * @param {string} parts.url the inbox's
   * @param {string | null} parts.token null where the session cookie counts
   * @param {string} parts.userId
   * @param {number} parts.interval milliseconds between two looks
   * @param {(frame: any) => void} parts.onFrame
   * @param {(code: number | null) => void} parts.onEnd null where nothing answered
   */
  constructor({ fetch, clock, url, token, userId, interval, onFrame, onEnd }) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#url = url;
    this.#token = token;
    this.#userId = userId;
    this.#interval = interval;
    this.#onFrame = onFrame;
    this.#onEnd = onEnd;
    this.#timer = new Timer(clock, () => this.#enqueue(() => this.#look()));
    this.#enqueue(() => this.#look());
  }

  accept() {}

  /**
   * @param {any} frame
   * @returns {boolean} false for what cannot be done without a socket
   */
  send(frame) {
    if (this.#ended) return false;
    if (frame.type === "resume") this.#enqueue(() => this.#bring(frame.since));
    else if (frame.type === "ping") this.#enqueue(() => this.#look());
    else return false;
    return true;
  }

  drop() {
    this.#end(null);
  }

  close() {
    this.#ended = true;
    this.#timer.stop();
  }

  /** @param {() => Promise<void>} work */
  #enqueue(work) {
    this.#queue = this.#queue.then(async () => {
      if (this.#ended) return;
      try {
        await work();
      } catch (error) {
        this.#end(error?.closeCode ?? null);
      }
    });
  }

  async #look() {
    const state = await this.#get(`${this.#url}/heads`);
    if (this.#ended) return;
    if (state.user_id !== this.#userId) {
      this.#end(CloseCode.NOT_YOURS);
      return;
    }
    const before = this.#state;
    this.#state = state;
    this.#timer.start(this.#interval);
    this.#polls += 1;
    const { channels, unread_count } = state;
    if (before === null) {
      const heartbeat_interval = this.#interval / 1000;
      this.#onFrame({ type: "ready", user_id: state.user_id, channels, unread_count, heartbeat_interval });
      return;
    }
    this.#onFrame({ type: "heartbeat", channels });
    const isNew = (/** @type {string} */ key) => before[key] !== state[key];
    if (isNew("unread_count") || isNew("open_alerts")) this.#onFrame({ type: "updated", unread_count });
    if (this.#polls % LOOK_AGAIN_EVERY === 0) this.#onFrame({ type: "refresh", topic: "*" });
  }

  /** @param {import("./types.js").Heads} since */
  async #bring(since) {
    const heads = headsOf(this.#state ?? {});
    let recovered = true;
    let more = false;
    for (const [channel, after] of Object.entries(since)) {
      const answer = await this.#bringOne(channel, after);
      if (this.#ended) return;
      const head = heads[channel] ?? 0;
      recovered &&= answer.isWhole && after <= head && (answer.more || answer.position >= head);
      more ||= answer.more;
    }
    this.#onFrame({ type: "resumed", recovered, more });
  }

  /** @returns {Promise<{position: number, isWhole: boolean, more: boolean}>} */
  async #bringOne(/** @type {string} */ channel, /** @type {number} */ after) {
    let position = after;
    let isWhole = true;
    let next = `${this.#url}?${new URLSearchParams({ channel, after: String(after) })}`;
    for (let page = 0; next && page < PAGES_A_TURN; page += 1) {
      const answer = await this.#get(next);
      if (this.#ended) break;
      for (const notification of answer.results) {
        isWhole &&= notification.seq === position + 1;
        position = notification.seq;
        this.#onFrame(notification);
      }
      next = answer.next ? `${this.#url}?${answer.next.split("?")[1]}` : "";
    }
    return { position, isWhole, more: next !== "" };
  }

  /** @returns {Promise<any>} */
  async #get(/** @type {string} */ url) {
    const patience = new AbortController();
    const timer = new Timer(this.#clock, () => patience.abort());
    timer.start(ANSWER_WITHIN);
    try {
      const headers = this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` };
      const answer = await this.#fetch(url, { headers, cache: "no-store", signal: patience.signal });
      if (answer.ok) return await answer.json();
      throw Object.assign(new Error(`${answer.status}`), { closeCode: CODE_OF_STATUS[answer.status] ?? null });
    } finally {
      timer.stop();
    }
  }

  #end(/** @type {number | null} */ code) {
    if (this.#ended) return;
    this.close();
    this.#onEnd(code);
  }
}

const ANSWER_PATIENCE = 30000;

/**
 * Finds out that something is missing and asks for it.
 *
 * Heads that are beyond our position (in `ready` and each `heartbeat`) or a hole in the numbers make it send
 * `resume`; what was missed then comes as ordinary notifications, ended by `resumed`.
 */
export class CatchUp {
  #position;
  #clock;
  #send;
  #show;
  #onReset;
  #onProgress;
  /** @type {import("./types.js").Heads} */
  #heads = {};
  /** What was asked and not yet answered. @type {import("./types.js").Heads | null} */
  #asked = null;
  #askedAt = 0;
  #incomplete = false;

  /**
   * @param {object} parts
   * @param {import("./position.js").Position} parts.position
   * @param {import("./types.js").Clock} parts.clock
   * @param {(frame: object) => void} parts.send
   * @param {(notification: import("./types.js").Notification) => void} parts.show
   * @param {() => void} parts.onReset
   * @param {() => void} parts.onProgress `isBehind` may have changed
   */
  constructor({ position, clock, send, show, onReset, onProgress }) {
    this.#position = position;
    this.#clock = clock;
    this.#send = send;
    this.#show = show;
    this.#onReset = onReset;
    this.#onProgress = onProgress;
  }

  get isBehind() {
    return this.#asked !== null || this.#channelsBehind().length > 0;
  }

  /** @param {import("./types.js").Heads} heads */
  ready(heads) {
    this.#heads = { ...heads };
    this.#asked = null;
    this.#position.begin(heads);
    this.#position.forgetBeyond(heads);
    this.#position.save();
    // A position beyond the head may mean that the server's database was set back: let it tell.
    this.#ask(Object.keys(heads).filter((channel) => this.#position.of(channel) !== heads[channel]));
  }

  /** @param {import("./types.js").Heads} heads */
  heartbeat(heads) {
    for (const [channel, head] of Object.entries(heads)) {
      if (channel in this.#heads) this.#heads[channel] = head;
    }
    if (this.#clock.now() - this.#askedAt > ANSWER_PATIENCE) this.#asked = null;
    this.#ask(this.#channelsBehind());
  }

  /** @param {import("./types.js").Notification} notification */
  receive(notification) {
    // Kept only after it was shown: a page that dies in between shows it when it comes back.
    if (this.#position.take(notification)) this.#show(notification);
    this.#position.save();
    if (this.#position.hasHole(notification.channel ?? "")) this.#ask(this.#channelsBehind());
  }

  /** @param {{recovered?: boolean, more?: boolean}} answer */
  resumed({ recovered, more }) {
    const asked = this.#asked ?? {};
    this.#asked = null;
    if (recovered === false) this.#jump(asked);
    if (more) {
      this.#ask(Object.keys(asked));
      return;
    }
    if (this.#incomplete) this.#reset(asked);
    this.#position.save();
    const left = this.#channelsBehind();
    // Asking the same again at once would bring the same: the next heartbeat asks.
    if (left.some((channel) => this.#position.of(channel) !== asked[channel])) this.#ask(left);
    this.#onProgress();
  }

  /** The server could not answer; the next heartbeat asks again. */
  failed() {
    this.#asked = null;
  }

  /** The connection is gone, and with it every answer. */
  disconnected() {
    this.#asked = null;
    this.#heads = {};
  }

  #channelsBehind() {
    return Object.keys(this.#heads).filter(
      (channel) =>
        this.#heads[channel] > (this.#position.of(channel) ?? 0) || this.#position.hasHole(channel),
    );
  }

  /** @param {string[]} channels */
  #ask(channels) {
    if (this.#asked === null && channels.length) {
      this.#asked = Object.fromEntries(channels.map((channel) => [channel, this.#position.of(channel) ?? 0]));
      this.#askedAt = this.#clock.now();
      this.#send({ type: "resume", since: this.#asked });
    }
    this.#onProgress();
  }

  /** Past the server's memory the numbers do not join: go on from what it still had. */
  #jump(/** @type {import("./types.js").Heads} */ asked) {
    this.#incomplete = true;
    for (const channel of Object.keys(asked)) {
      this.#position.moveTo(channel, this.#position.highest(channel));
    }
  }

  #reset(/** @type {import("./types.js").Heads} */ asked) {
    this.#incomplete = false;
    for (const channel of Object.keys(asked)) {
      const head = this.#heads[channel] ?? 0;
      const wentBack = asked[channel] > head;
      this.#position.moveTo(channel, wentBack ? head : Math.max(head, this.#position.highest(channel)));
    }
    this.#onReset();
  }
}

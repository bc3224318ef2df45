const SEEN_AT_MOST = 1000;
const AHEAD_AT_MOST = 500;

/**
 * Where a channel stands: the seq up to which nothing is missing, and the seqs beyond a hole that were shown already.
 *
 * @typedef {{at: number, ahead: number[]}} Place
 */

/**
 * Where positions are kept between pages: a number for each channel, or a list where something was shown beyond a
 * hole. Storage that is missing, full, forbidden or filled with nonsense only means that the position lives as long
 * as the page.
 *
 * @param {Storage | null | undefined} storage
 * @param {string} key
 */
export function positionStore(storage, key) {
  return {
    /** @returns {Record<string, Place>} */
    load() {
      try {
        const kept = Object.entries(JSON.parse(storage?.getItem(key) ?? "{}"));
        const places = kept.map(([channel, seqs]) => [channel, [seqs].flat()]);
        const good = places.filter(([, seqs]) => seqs.length && seqs.every(isSeq));
        return Object.fromEntries(good.map(([channel, [at, ...ahead]]) => [channel, { at, ahead }]));
      } catch {
        return {};
      }
    },
    /** @param {Record<string, Place>} places */
    save(places) {
      const kept = Object.entries(places).map(([channel, { at, ahead }]) => [
        channel,
        ahead.length ? [at, ...ahead] : at,
      ]);
      try {
        storage?.setItem(key, JSON.stringify(Object.fromEntries(kept)));
      } catch {
        // The position in memory still counts.
      }
    },
  };
}

const isSeq = (/** @type {unknown} */ seq) => Number.isSafeInteger(seq) && /** @type {number} */ (seq) >= 0;

/**
 * @param {Place[]} places of one channel, as two tabs know it
 * @returns {Place}
 */
function joined(places) {
  let at = Math.max(...places.map((place) => place.at));
  const ahead = new Set(places.flatMap((place) => place.ahead).filter((seq) => seq > at));
  while (ahead.delete(at + 1)) at += 1;
  return { at, ahead: [...ahead].sort((one, other) => one - other).slice(0, AHEAD_AT_MOST) };
}

/** How far this reader has come in each channel, and which notifications have been shown. */
export class Position {
  #store;
  /** @type {Map<string, number>} */
  #at;
  /** What came, and was shown, before its turn: seqs beyond a hole, by channel. @type {Map<string, Set<number>>} */
  #ahead;
  /** @type {Set<string>} */
  #seen = new Set();
  /** Channels that were set back, so that the stored position must follow. @type {Set<string>} */
  #setBack = new Set();
  #isKnown;

  /** @param {ReturnType<typeof positionStore>} store */
  constructor(store) {
    this.#store = store;
    const kept = Object.entries(store.load());
    this.#at = new Map(kept.map(([channel, { at }]) => [channel, at]));
    this.#ahead = new Map(kept.map(([channel, { ahead }]) => [channel, new Set(ahead)]));
    this.#isKnown = this.#at.size > 0;
  }

  /** Whether this reader has been here before; what comes before the first `ready` does not count. */
  get isKnown() {
    return this.#isKnown;
  }

  /**
   * @param {string} channel
   * @returns {number | undefined} the last seq up to which nothing is missing
   */
  of(channel) {
    return this.#at.get(channel);
  }

  /** @param {string} channel */
  hasHole(channel) {
    return (this.#ahead.get(channel)?.size ?? 0) > 0;
  }

  /**
   * @param {string} channel
   * @returns {number} the highest seq that has come, 0 where none has
   */
  highest(channel) {
    return Math.max(this.#at.get(channel) ?? 0, ...(this.#ahead.get(channel) ?? []));
  }

  /**
   * @param {import("./types.js").Notification} notification
   * @returns {boolean} whether it is new and to be shown
   */
  take({ id, channel, seq }) {
    const counted = typeof channel === "string" && Number.isSafeInteger(seq);
    const isNew = counted ? this.#advance(channel, /** @type {number} */ (seq)) : true;
    if (typeof id !== "string") return isNew;
    const wasSeen = this.#seen.has(id);
    this.#remember(id);
    return isNew && !wasSeen;
  }

  /**
   * A new reader begins at the heads: the past is in the inbox. To a known reader a new channel came with
   * a new role, and all of it is news.
   *
   * @param {import("./types.js").Heads} heads
   */
  begin(heads) {
    const isFirstUse = !this.#isKnown;
    for (const [channel, head] of Object.entries(heads)) {
      if (!this.#at.has(channel)) this.moveTo(channel, isFirstUse ? head : 0);
    }
  }

  /**
   * Go on from there, whatever is missing before.
   *
   * @param {string} channel
   * @param {number} seq
   */
  moveTo(channel, seq) {
    if (seq < (this.#at.get(channel) ?? 0)) this.#setBack.add(channel);
    this.#at.set(channel, seq);
    this.#ahead.delete(channel);
    this.#isKnown = true;
  }

  /**
   * What was shown beyond the server's head belongs to a past that its database was set back from.
   *
   * @param {import("./types.js").Heads} heads
   */
  forgetBeyond(heads) {
    for (const [channel, head] of Object.entries(heads)) {
      const ahead = [...(this.#ahead.get(channel) ?? [])];
      if (!ahead.some((seq) => seq > head)) continue;
      this.#ahead.set(channel, new Set(ahead.filter((seq) => seq <= head)));
      this.#setBack.add(channel);
    }
  }

  /** Keep it for the next page. Another tab may be further on: only a channel set back may go back. */
  save() {
    if (!this.#isKnown) return;
    const kept = this.#store.load();
    for (const [channel, at] of this.#at) {
      const own = { at, ahead: [...(this.#ahead.get(channel) ?? [])] };
      const other = this.#setBack.has(channel) ? own : (kept[channel] ?? own);
      kept[channel] = joined([own, other]);
    }
    this.#setBack.clear();
    this.#store.save(kept);
  }

  /** @returns {boolean} false for what was there already */
  #advance(/** @type {string} */ channel, /** @type {number} */ seq) {
    const at = this.#at.get(channel) ?? seq - 1;
    const ahead = this.#ahead.get(channel) ?? new Set();
    if (seq <= at || ahead.has(seq)) return false;
    ahead.add(seq);
    let next = at;
    while (ahead.delete(next + 1)) next += 1;
    this.#at.set(channel, next);
    this.#ahead.set(channel, ahead);
    return true;
  }

  /** @param {string} id */
  #remember(id) {
    this.#seen.delete(id);
    this.#seen.add(id);
    if (this.#seen.size > SEEN_AT_MOST) this.#seen.delete(this.#seen.values().next().value);
  }
}

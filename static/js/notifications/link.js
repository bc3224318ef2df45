import { Timer } from "./clock.js";
import { parseFrame } from "./frames.js";

const READY_WITHIN = 10000;
const OPEN = 1;

/**
 * @param {string | undefined} baseUrl "wss://host:port", also http(s); the page's own host where absent
 * @param {Window | null} window
 * @param {string} userId
 * @param {string | null} token
 */
export function socketUrl(baseUrl, window, userId, token) {
  const base = (baseUrl ?? window?.location.origin ?? "").replace(/^http/, "ws").replace(/\/+$/, "");
  const query = token === null ? "" : `?token=${encodeURIComponent(token)}`;
  return `${base}/ws/${encodeURIComponent(userId)}${query}`;
}

/** One connection, from the first attempt to its end, which is told exactly once. */
export class Link {
  #socket;
  #timer;
  #onEnd;
  #ended = false;

  /**
   * @param {object} parts
   * @param {typeof WebSocket} parts.WebSocket
   * @param {string} parts.url
   * @param {import("./types.js").Clock} parts.clock
   * @param {() => void} parts.onOpen
   * @param {(frame: any) => void} parts.onFrame
   * @param {(code: number | null) => void} parts.onEnd null where it was dropped for its silence
   */
  constructor({ WebSocket, url, clock, onOpen, onFrame, onEnd }) {
    this.#onEnd = onEnd;
    this.#timer = new Timer(clock, () => this.drop());
    this.#socket = new WebSocket(url);
    this.#socket.onopen = onOpen;
    this.#socket.onclose = (event) => this.#end(event.code);
    this.#socket.onmessage = ({ data }) => {
      const frame = this.#ended ? null : parseFrame(data);
      if (frame) onFrame(frame);
    };
    this.#timer.start(READY_WITHIN);
  }

  /** The server has said what was awaited: this link is no longer on trial. */
  accept() {
    this.#timer.stop();
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether it went out
   */
  send(frame) {
    if (this.#ended || this.#socket.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** End it as dead. Waiting for the other side's goodbye would take minutes on a broken network. */
  drop() {
    this.#end(null);
  }

  /** End it on purpose; nothing is told. */
  close() {
    this.#ended = true;
    this.#timer.stop();
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(1000);
  }

  #end(/** @type {number | null} */ code) {
    if (this.#ended) return;
    this.close();
    this.#onEnd(code);
  }
}

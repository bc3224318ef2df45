import { Link, socketUrl } from "./link.js";
import { PollLink, inboxUrl } from "./poll_link.js";

/** The two ways to the server: a socket, and where there can be none the inbox, asked every few seconds. */
export class Transports {
  #options;

  /** @param {any} options the client's, complete */
  constructor(options) {
    this.#options = options;
  }

  /** A client that only listens, or a server that knows only the spec, has no inbox to ask. */
  get mayPoll() {
    const { fetch, resume, awaitReady } = this.#options;
    return Boolean(fetch) && resume && awaitReady;
  }

  /**
   * @param {string | null} token
   * @param {any} on onOpen, onFrame, onEnd
   * @throws where the address is bad
   */
  socket(token, on) {
    const { WebSocket, clock, baseUrl, window, userId } = this.#options;
    return new Link({ WebSocket, clock, url: socketUrl(baseUrl, window, userId, token), ...on });
  }

  /**
   * @param {string | null} token
   * @param {any} on onFrame, onEnd
   */
  inbox(token, { onFrame, onEnd }) {
    const { fetch, clock, baseUrl, window, userId, pollInterval, random } = this.#options;
    const interval = pollInterval * (1 + random() / 5); // so that a thousand pages do not ask in the same moment
    const url = inboxUrl(baseUrl, window);
    return new PollLink({ fetch, clock, url, token, userId, interval, onFrame, onEnd });
  }
}

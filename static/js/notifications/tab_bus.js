/** Messages between the tabs of one person; a message may be addressed to one tab. */
export class TabBus {
  #name;
  #onMessage;
  #id = `${Math.random()}`;
  /** @type {BroadcastChannel | null} */
  #channel = null;

  /**
   * @param {string} name
   * @param {(message: any) => void} onMessage
   */
  constructor(name, onMessage) {
    this.#name = name;
    this.#onMessage = onMessage;
  }

  get isOpen() {
    return this.#channel !== null;
  }

  open() {
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => {
      if (data.to === undefined || data.to === this.#id) this.#onMessage(data);
    };
  }

  close() {
    this.#channel?.close();
    this.#channel = null;
  }

  /**
   * @param {object} message
   * @returns {boolean} false where there are no other tabs to reach
   */
  post(message) {
    this.#channel?.postMessage({ from: this.#id, ...message });
    return this.isOpen;
  }
}

import { Timer } from "./clock.js";
import { Link } from "./link.js";

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;

/** While the inbox is polled: tries now and then whether a socket works again. */
export class SocketProbe {
  #clock;
  #open;
  #onWorks;
  #timer;
  #wait = FIRST_WAIT;
  /** @type {Link | null} */
  #link = null;

  /**
   * @param {object} parts
   * @param {import("./types.js").Clock} parts.clock
   * @param {(on: {onOpen: () => void, onFrame: (frame: any) => void, onEnd: () => void}) => Link} parts.open
   * @param {() => void} parts.onWorks a socket was opened and the server spoke on it
   */
  constructor({ clock, open, onWorks }) {
    this.#clock = clock;
    this.#open = open;
    this.#onWorks = onWorks;
    this.#timer = new Timer(clock, () => this.#try());
  }

  start() {
    this.#wait = FIRST_WAIT;
    this.#timer.start(this.#wait);
  }

  /** It is worth trying now: the network has changed, or somebody looks at the page again. */
  hurry() {
    if (this.#timer.waiting) this.#try();
  }

  stop() {
    this.#timer.stop();
    this.#link?.close();
    this.#link = null;
  }

  #try() {
    this.stop();
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
    const again = () => this.#timer.start(this.#wait);
    const works = () => {
      this.stop();
      this.#onWorks();
    };
    try {
      this.#link = this.#open({ onOpen: () => {}, onFrame: works, onEnd: again });
    } catch {
      again();
    }
  }
}

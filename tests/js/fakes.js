import { NotificationClient } from "../../static/js/notifications/index.js";

/** Time that passes only when it is told to. */
export class FakeClock {
  #now = Date.UTC(2025, 1, 1, 10);
  #timers = new Map();
  #next = 1;

  now = () => this.#now;

  setTimeout = (work, delay) => {
    this.#timers.set(this.#next, { at: this.#now + delay, work });
    return this.#next++;
  };

  clearTimeout = (id) => this.#timers.delete(id);

  /** Milliseconds until the timers that wait. */
  get waits() {
    return [...this.#timers.values()].map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  pass(milliseconds) {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].work();
    }
    this.#now = end;
  }

  /** The machine sleeps: the wall clock goes on, and no timer runs until it wakes. */
  sleep(milliseconds) {
    this.#now += milliseconds;
    this.pass(0);
  }
}

/** A window that only has what the client listens to. */
export class FakeWindow extends EventTarget {
  navigator = { onLine: true };
  location = { origin: "https://clinic.test" };
  document = Object.assign(new EventTarget(), { visibilityState: "visible" });

  tell(type) {
    this.dispatchEvent(new Event(type));
  }

  goOffline() {
    this.navigator.onLine = false;
    this.tell("offline");
  }

  goOnline() {
    this.navigator.onLine = true;
    this.tell("online");
  }

  look(state) {
    this.document.visibilityState = state;
    this.document.dispatchEvent(new Event("visibilitychange"));
  }
}

/** A storage area that lives as long as the test. */
export class FakeStorage {
  kept = new Map();
  getItem = (key) => this.kept.get(key) ?? null;
  setItem = (key, value) => void this.kept.set(key, value);
}

/** The server's side of a socket, played by the test. */
class FakeSocket {
  readyState = 0;
  sent = [];
  closedWith = null;
  onopen = null;
  onmessage = null;
  onclose = null;

  constructor(url) {
    this.url = url;
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code) {
    this.closedWith ??= code;
    this.readyState = 3;
  }

  opens() {
    this.readyState = 1;
    this.onopen?.({});
  }

  says(frame) {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  ready(channels = {}, more = {}) {
    this.opens();
    this.says({ type: "ready", user_id: "u1", channels, heartbeat_interval: 25, unread_count: 0, ...more });
  }

  beats(channels = {}) {
    this.says({ type: "heartbeat", channels });
  }

  closes(code) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** A WebSocket class whose sockets end up in `sockets`. */
export function makeSocketClass(sockets) {
  return class extends FakeSocket {
    constructor(url) {
      super(url);
      sockets.push(this);
    }
  };
}

/** A client in a world of its own: `socket` is the newest one it made, `told` what the page heard. */
export function startClient(options = {}) {
  const sockets = [];
  const world = {
    sockets,
    clock: new FakeClock(),
    window: new FakeWindow(),
    storage: new FakeStorage(),
    told: {
      notifications: [],
      states: [],
      ready: 0,
      refresh: [],
      updated: [],
      errors: [],
      unknown: [],
      resets: 0,
    },
    get socket() {
      return sockets.at(-1);
    },
    get state() {
      return world.client.state.state;
    },
  };
  const { told } = world;
  const given = { clock: world.clock, window: world.window, storage: world.storage, ...options };
  Object.assign(world, { clock: given.clock, window: given.window, storage: given.storage });
  world.client = new NotificationClient({
    userId: "u1",
    WebSocket: makeSocketClass(sockets),
    fetch: null,
    random: () => 1,
    onNotification: (notification) => told.notifications.push(notification),
    onState: (state) => told.states.push(state.state),
    onReady: () => (told.ready += 1),
    onRefresh: (topic) => told.refresh.push(topic),
    onUpdated: (frame) => told.updated.push(frame),
    onUnknown: (frame) => told.unknown.push(frame),
    onError: (error) => told.errors.push(error),
    onReset: () => (told.resets += 1),
    ...given,
  });
  return world;
}

export const STREAM = "doctor:u1:notifications";

/** A notification with its place in the stream. */
export function numbered(seq, more = {}) {
  const result = { result_id: `r${seq}`, patient_name: "Bob Wilson", test_type: "BMP" };
  return { type: "critical_lab_result", ...result, id: `id-${seq}`, channel: STREAM, seq, ...more };
}

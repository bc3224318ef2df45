/**
 * The shapes that the modules beside this one share; nothing runs here. It names no other module: static
 * files get their hashes in order of reference, comments included, and a circle has no order.
 *
 * @typedef {object} Frame Any message of the socket: an object with a `type`.
 * @property {string} type
 *
 * @typedef {object} Notification One of the spec's messages, with the keys that HealthHub adds.
 * @property {string} type
 * @property {string} [id] UUID, the same wherever the notification is shown
 * @property {string} [channel] such as "doctor:<id>:notifications"
 * @property {number} [seq] its place in the channel, without gaps
 * @property {string} [sent_at] UTC, RFC 3339
 * @property {string} [link] the page it is about
 * @property {string} [priority] "normal" or "critical"
 * @property {boolean} [requires_ack]
 *
 * @typedef {Record<string, number>} Heads The newest `seq` of each channel.
 *
 * @typedef {"connecting" | "live" | "catching_up" | "polling" | "offline" | "stopped"} StateName
 *
 * @typedef {object} State
 * @property {StateName} state
 * @property {Date} since when it became so; for "connecting" and "offline", when news last got through
 * @property {string | null} reason why, as a word for programs (see codes.js)
 * @property {number | null} code the close code, where the server gave one
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds, wall clock
 * @property {(work: () => void, delay: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 *
 * @typedef {object} Options
 * @property {string} userId whose notifications
 * @property {string | (() => Promise<string> | string)} [token] access token, or a function that fetches a
 *   fresh one; absent on HealthHub's own pages, where the session cookie counts
 * @property {string} [baseUrl] "wss://host:port"; the page's own host by default
 * @property {boolean} [resume] false: send nothing, take what comes live (default true)
 * @property {boolean} [awaitReady] false for a server that speaks only the spec's messages (default true)
 * @property {(notification: Notification) => void} [onNotification]
 * @property {(state: State) => void} [onState]
 * @property {(frame: Frame) => void} [onReady] connected, at the first time and after each reconnect
 * @property {(frame: Frame) => void} [onUpdated] something was read or acknowledged, here or elsewhere
 * @property {(topic: string, frame: Frame) => void} [onRefresh] a list changed without news for its reader
 * @property {() => void} [onReset] the server no longer has all that was missed: load the inbox anew
 * @property {(frame: Notification) => void} [onUnknown] a type that this version does not know
 * @property {(error: {code: string, message: string}) => void} [onError]
 * @property {number} [pollInterval] milliseconds between two looks at the inbox, where no socket can be had (default 5000)
 * @property {typeof WebSocket} [WebSocket] for tests
 * @property {typeof fetch | null} [fetch] for tests; null: never poll
 * @property {Clock} [clock] for tests
 * @property {() => number} [random] for tests
 * @property {Window | null} [window] for tests
 * @property {Storage | null} [storage] where the position is kept; localStorage by default
 * @property {any} [position] a Position (position.js), for those who share one between clients
 */
export {};

const WORDS = {
  live: () => "Live",
  connecting: () => "Reconnecting",
  catching_up: () => "Catching up",
  polling: () => "Checking every 5 s",
  offline: (since) => `Offline since ${clock(since)}`,
  stopped: () => "Not live",
};
const NOTICE = {
  offline: (since) =>
    `You are offline since ${clock(since)}. This page shows what we knew then. News appears by itself when the connection is back.`,
  // Nothing brings a stopped connection back, so this must not promise it.
  stopped: (since) => `This page is not live since ${clock(since)}. Reload it to see what is new.`,
};
const LOOKS = { live: "live", connecting: "connecting", catching_up: "connecting", polling: "connecting", offline: "offline", stopped: "offline" };

const clock = (moment) => moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

/** Says on the page whether it is live, and since when not: it must never look calm while deaf. */
export function showConnection({ state, since }) {
  for (const pill of document.querySelectorAll("[data-connection]")) {
    pill.dataset.state = LOOKS[state];
    pill.textContent = WORDS[state](since);
  }
  for (const notice of document.querySelectorAll("[data-offline]")) {
    notice.hidden = LOOKS[state] !== "offline";
    notice.querySelector("[data-offline-words]").textContent = NOTICE[state === "stopped" ? "stopped" : "offline"](since);
  }
}

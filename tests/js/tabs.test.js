import { SharedNotificationClient } from "../../static/js/notifications/index.js";
import { FakeClock, FakeStorage, FakeWindow, STREAM, makeSocketClass, numbered } from "./fakes.js";
import { equal, test, until } from "./harness.js";

let people = 0;

/** Tabs of one person in this browser, on its real locks and channels; `open()` gives one more. */
function desk() {
  const userId = `person-${(people += 1)}`;
  const storage = new FakeStorage();
  const tabs = [];
  const open = (options = {}) => {
    const sockets = [];
    const [clock, window] = [new FakeClock(), new FakeWindow()];
    const tab = { sockets, clock, window, heard: [], states: [], ready: 0, updated: 0 };
    tab.client = new SharedNotificationClient({
      userId,
      storage,
      clock: tab.clock,
      window: tab.window,
      random: () => 1,
      WebSocket: makeSocketClass(sockets),
      fetch: null,
      onNotification: ({ seq }) => tab.heard.push(seq),
      onReady: () => (tab.ready += 1),
      onUpdated: () => (tab.updated += 1),
      onState: ({ state }) => tab.states.push(state),
      ...options,
    });
    tabs.push(tab);
    return tab;
  };
  return { open, close: () => tabs.forEach(({ client }) => client.close()) };
}

/** The first tab leads and is live, the second follows. */
async function twoTabs(work) {
  const { open, close } = desk();
  const leader = open();
  await until(() => leader.sockets.length === 1);
  leader.sockets[0].ready({ [STREAM]: 5 });
  const follower = open();
  await until(() => follower.client.state.state === "live");
  await work({ leader, follower, open });
  close();
}

test("one tab holds the socket, and a later one is live through it", async () => {
  await twoTabs(({ leader, follower }) => {
    equal([leader.client.isLeader, follower.client.isLeader, follower.sockets.length], [true, false, 0]);
  });
});

test("a tab that opens later hears that it is ready, once", async () => {
  await twoTabs(async ({ leader, follower, open }) => {
    const third = open();
    await until(() => third.client.state.state === "live" && third.ready === 1);
    equal([leader.ready, follower.ready], [1, 1], "the welcome of one is not heard by another");
  });
});

test("a state is told once, in the leading tab and in the others", async () => {
  await twoTabs(({ leader, follower }) => {
    equal([leader.states, follower.states], [["connecting", "live"], ["connecting", "live"]]);
  });
});

test("each tab hears each notification once", async () => {
  await twoTabs(async ({ leader, follower }) => {
    for (const seq of [6, 7, 7, 6]) leader.sockets[0].says(numbered(seq));
    await until(() => follower.heard.length === 2);
    equal([leader.heard, follower.heard], [[6, 7], [6, 7]]);
  });
});

test("what was read elsewhere reaches every tab", async () => {
  await twoTabs(async ({ leader, follower }) => {
    leader.sockets[0].says({ type: "updated", unread_count: 0 });
    await until(() => follower.updated === 1);
  });
});

test("a lost connection shows in every tab", async () => {
  await twoTabs(async ({ leader, follower }) => {
    leader.sockets[0].closes(4012);
    await until(() => follower.client.state.state === "connecting");
    equal([follower.client.state.reason, follower.client.state.since instanceof Date], ["restarting", true]);
  });
});

test("a tab without the socket acknowledges through the one that has it", async () => {
  await twoTabs(async ({ leader, follower }) => {
    equal(follower.client.ack("id-6", "read back"), true);
    await until(() => leader.sockets[0].sent.length === 1);
    equal(leader.sockets[0].sent[0], { type: "ack", id: "id-6", note: "read back" });
  });
});

test("when the leading tab closes another takes over and misses nothing", async () => {
  await twoTabs(async ({ leader, follower }) => {
    leader.sockets[0].says(numbered(6));
    await until(() => follower.heard.length === 1);
    leader.client.close();
    await until(() => follower.sockets.length === 1);
    follower.sockets[0].ready({ [STREAM]: 7 });
    equal(follower.sockets[0].sent, [{ type: "resume", since: { [STREAM]: 6 } }]);
    follower.sockets[0].says(numbered(6));
    follower.sockets[0].says(numbered(7));
    follower.sockets[0].says({ type: "resumed", recovered: true, more: false });
    equal([follower.heard, leader.client.state.state], [[6, 7], "stopped"]);
  });
});

test("a tab that takes over shows nothing again that was shown ahead of a hole, also where it opened later", async () => {
  await twoTabs(async ({ leader, follower, open }) => {
    leader.sockets[0].says(numbered(7));
    await until(() => follower.heard.length === 1);
    const third = open();
    await until(() => third.client.state.state === "catching_up");
    for (const tab of [leader, follower]) tab.client.close();
    await until(() => third.sockets.length === 1);
    third.sockets[0].ready({ [STREAM]: 7 });
    for (const seq of [6, 7]) third.sockets[0].says(numbered(seq));
    equal([leader.heard, follower.heard, third.heard], [[7], [7], [6]]);
  });
});

test("leaving the leading page hands over, and coming back follows", async () => {
  await twoTabs(async ({ leader, follower }) => {
    leader.window.tell("pagehide");
    await until(() => follower.client.isLeader);
    follower.sockets[0].ready({ [STREAM]: 5 });
    leader.window.tell("pageshow");
    await until(() => leader.client.state.state === "live");
    equal([leader.client.isLeader, leader.sockets.length], [false, 1]);
  });
});

test("a leader that answers keeps its place, however quiet it is", async () => {
  await twoTabs(async ({ leader, follower }) => {
    for (let round = 0; round < 40; round += 1) {
      follower.clock.pass(4000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    equal([leader.client.isLeader, follower.client.isLeader], [true, false]);
  });
});

test("a leader that falls silent loses its place and closes its socket", async () => {
  await twoTabs(async ({ leader, follower }) => {
    follower.clock.pass(46000 + 5000);
    await until(() => follower.client.isLeader && !leader.client.isLeader);
    equal([leader.sockets[0].closedWith, follower.sockets.length], [1000, 1]);
  });
});

test("a page that is looked at makes the leader try at once", async () => {
  await twoTabs(async ({ leader, follower }) => {
    leader.sockets[0].closes(1006);
    follower.window.look("visible");
    await until(() => leader.sockets.length === 2);
  });
});

test("a stop hands the lock on, so that a tab with another sign-in can connect", async () => {
  await twoTabs(async ({ leader, follower }) => {
    leader.sockets[0].closes(4408);
    await until(() => follower.client.isLeader);
    equal([leader.client.state.reason, follower.sockets.length], ["signed_out", 1]);
  });
});

test("two people in one browser have a leader each", async () => {
  const [one, other] = [desk(), desk()];
  const [mine, theirs] = [one.open(), other.open()];
  await until(() => mine.client.isLeader && theirs.client.isLeader);
  one.close();
  other.close();
});

test("without locks each tab has a socket of its own", async () => {
  Object.defineProperty(navigator, "locks", { value: undefined, configurable: true });
  try {
    const { open, close } = desk();
    equal([open(), open()].map(({ sockets }) => sockets.length), [1, 1]);
    close();
  } finally {
    delete navigator.locks;
  }
});

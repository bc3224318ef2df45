import { FakeStorage, STREAM, numbered, startClient } from "./fakes.js";
import { equal, test } from "./harness.js";

const KEY = "healthhub.position.u1";

/** A client whose reader has been here before, up to `seq`. */
function returning(seq, options = {}) {
  const storage = new FakeStorage();
  storage.setItem(KEY, JSON.stringify({ [STREAM]: seq }));
  return startClient({ storage, ...options });
}

const resume = (since) => ({ type: "resume", since: { [STREAM]: since } });
const resumed = (recovered = true, more = false) => ({ type: "resumed", recovered, more });
const shown = (world) => world.told.notifications.map(({ seq }) => seq);
const kept = (world) => JSON.parse(world.storage.getItem(KEY))[STREAM];

test("at the first use nothing is replayed", () => {
  const world = startClient();
  world.socket.ready({ [STREAM]: 41 });
  equal([world.socket.sent, kept(world), world.state], [[], 41, "live"]);
});

test("what was missed is asked for and shown", () => {
  const world = returning(3);
  world.socket.ready({ [STREAM]: 5 });
  equal([world.socket.sent, world.state], [[resume(3)], "catching_up"]);
  world.socket.says(numbered(4));
  world.socket.says(numbered(5));
  world.socket.says(resumed());
  equal([shown(world), kept(world), world.state], [[4, 5], 5, "live"]);
});

test("nothing missed, nothing asked", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 5 });
  equal([world.socket.sent, world.told.states], [[], ["connecting", "live"]]);
});

test("a long absence is fetched page after page", () => {
  const world = returning(0);
  world.socket.ready({ [STREAM]: 4 });
  for (const page of [[1, 2], [3, 4]]) {
    for (const seq of page) world.socket.says(numbered(seq));
    world.socket.says(resumed(true, page[1] < 4));
  }
  equal(world.socket.sent, [resume(0), resume(2)]);
  equal([shown(world), world.state], [[1, 2, 3, 4], "live"]);
});

test("each notification is shown once across reconnects", () => {
  const world = returning(0);
  world.socket.ready({ [STREAM]: 2 });
  world.socket.says(numbered(1));
  world.socket.closes(1006);
  world.clock.pass(1000);
  world.socket.ready({ [STREAM]: 2 });
  equal(world.socket.sent, [resume(1)]);
  world.socket.says(numbered(1));
  world.socket.says(numbered(2));
  world.socket.says(resumed());
  equal(shown(world), [1, 2]);
});

test("a hole in the numbers is found at once", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 5 });
  world.socket.says(numbered(7));
  equal([shown(world), world.socket.sent], [[7], [resume(5)]]);
  world.socket.says(numbered(6));
  world.socket.says(numbered(7));
  world.socket.says(resumed());
  equal([shown(world), kept(world), world.state], [[7, 6], 7, "live"]);
});

test("what was shown ahead of a hole is not shown again by a page that is loaded anew", () => {
  const before = returning(5);
  before.socket.ready({ [STREAM]: 5 });
  before.socket.says(numbered(7));
  before.socket.says(numbered(9));
  before.client.close();
  const world = startClient({ storage: before.storage });
  world.socket.ready({ [STREAM]: 9 });
  equal(world.socket.sent, [resume(5)]);
  for (const seq of [6, 7, 8, 9]) world.socket.says(numbered(seq));
  world.socket.says(resumed());
  equal([shown(before), shown(world), kept(world), world.state], [[7, 9], [6, 8], 9, "live"]);
});

test("what was shown ahead of a hole in a past that the server was set back from holds nothing up", () => {
  const before = returning(5);
  before.socket.ready({ [STREAM]: 5 });
  before.socket.says(numbered(7));
  before.client.close();
  const world = startClient({ storage: before.storage });
  world.socket.ready({ [STREAM]: 5 });
  equal([world.socket.sent, kept(world), world.state], [[], 5, "live"]);
  world.socket.says(numbered(6, { id: "new-6" }));
  world.socket.says(numbered(7, { id: "new-7" }));
  equal(shown(world), [6, 7]);
});

test("a loss that no later message shows is found by the heartbeat", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 5 });
  world.socket.beats({ [STREAM]: 6 });
  equal([world.socket.sent, world.state], [[resume(5)], "catching_up"]);
});

test("a heartbeat that was overtaken by news is no loss", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 5 });
  world.socket.says(numbered(6));
  world.socket.beats({ [STREAM]: 5 });
  equal([world.socket.sent, world.state], [[], "live"]);
});

test("a heartbeat without heads is a sign of life and nothing more", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 5 });
  world.socket.beats({});
  equal([world.socket.sent, world.state], [[], "live"]);
});

test("while an answer is awaited nothing more is asked", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 9 });
  world.socket.beats({ [STREAM]: 9 });
  world.socket.beats({ [STREAM]: 9 });
  equal(world.socket.sent, [resume(5)]);
});

test("an answer that never comes is asked for again", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 9 });
  world.clock.pass(24000);
  world.socket.beats({ [STREAM]: 9 });
  world.clock.pass(24000);
  world.socket.beats({ [STREAM]: 9 });
  equal(world.socket.sent, [resume(5), resume(5)]);
});

test("a server that cannot answer now is asked at the next heartbeat", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 6 });
  world.socket.says({ type: "error", code: "unavailable", message: "Not now." });
  equal(world.state, "catching_up");
  world.socket.beats({ [STREAM]: 6 });
  equal(world.socket.sent, [resume(5), resume(5)]);
});

test("an answer that brings nothing is not asked for again at once", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 6 });
  world.socket.says(resumed());
  equal([world.socket.sent.length, world.state], [1, "catching_up"]);
});

test("past the server's memory the page is told to load anew, and goes on from there", () => {
  const world = returning(3);
  world.socket.ready({ [STREAM]: 52 });
  world.socket.says(numbered(50));
  world.socket.says(resumed(false, true));
  equal(world.socket.sent, [resume(3), resume(50)]);
  world.socket.says(numbered(51));
  world.socket.says(numbered(52));
  world.socket.says(resumed());
  equal([shown(world), world.told.resets, kept(world), world.state], [[50, 51, 52], 1, 52, "live"]);
});

test("where the server kept nothing the position moves to its head", () => {
  const world = returning(3);
  world.socket.ready({ [STREAM]: 52 });
  world.socket.says(resumed(false));
  equal([world.told.resets, kept(world), world.state], [1, 52, "live"]);
});

test("a server whose database was set back is followed back", () => {
  const world = returning(90);
  world.socket.ready({ [STREAM]: 12 });
  equal(world.socket.sent, [resume(90)]);
  world.socket.says(resumed(false));
  world.socket.says(numbered(13));
  equal([world.told.resets, shown(world), kept(world)], [1, [13], 13]);
});

test("news that overtakes ready costs a question, not a notification", () => {
  const world = returning(5);
  world.socket.opens();
  world.socket.says(numbered(6));
  world.socket.ready({ [STREAM]: 5 });
  world.socket.says(resumed());
  equal([shown(world), world.told.resets, world.state], [[6], 0, "live"]);
});

test("news before the very first ready does not bring back the past", () => {
  const world = startClient();
  world.socket.opens();
  world.socket.says(numbered(6));
  world.socket.ready({ [STREAM]: 6, "system:alerts": 30 });
  equal([shown(world), world.socket.sent], [[6], []]);
});

test("a channel that came with a new role is news from its beginning", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 5, "admin:u1:notifications": 2 });
  equal(world.socket.sent, [{ type: "resume", since: { "admin:u1:notifications": 0 } }]);
});

test("a channel that is no longer the reader's is not asked for", () => {
  const world = returning(5);
  world.socket.ready({ "system:alerts": 0 });
  equal(world.socket.sent, []);
});

test("several channels are asked for in one question", () => {
  const storage = new FakeStorage();
  storage.setItem(KEY, JSON.stringify({ [STREAM]: 1, "system:alerts": 4 }));
  const world = startClient({ storage });
  world.socket.ready({ [STREAM]: 2, "system:alerts": 5 });
  equal(world.socket.sent, [{ type: "resume", since: { [STREAM]: 1, "system:alerts": 4 } }]);
});

test("a type of the future takes its place in the numbers", () => {
  const world = returning(5);
  world.socket.ready({ [STREAM]: 5 });
  world.socket.says(numbered(6, { type: "bed_is_free" }));
  world.socket.says(numbered(7));
  equal([world.socket.sent, world.told.unknown.length, kept(world)], [[], 1, 7]);
});

test("the position is kept only after the page has had its say", () => {
  const seen = [];
  const world = returning(5, { onNotification: () => seen.push(kept(world)) });
  world.socket.ready({ [STREAM]: 5 });
  world.socket.says(numbered(6));
  equal([seen, kept(world)], [[5], 6]);
});

test("two people in one browser have a position each", () => {
  const storage = new FakeStorage();
  startClient({ storage }).socket.ready({ [STREAM]: 9 });
  const other = startClient({ storage, userId: "u2" });
  other.socket.ready({ "doctor:u2:notifications": 3 });
  equal([other.socket.sent, [...storage.kept.keys()]], [[], [KEY, "healthhub.position.u2"]]);
});

test("without storage it still catches up after a reconnect", () => {
  const world = startClient({ storage: null });
  world.socket.ready({ [STREAM]: 5 });
  world.socket.closes(1006);
  world.clock.pass(1000);
  world.socket.ready({ [STREAM]: 6 });
  equal(world.socket.sent, [resume(5)]);
});

test("a client that wants only live news never sends anything", () => {
  const world = returning(3, { resume: false });
  world.socket.ready({ [STREAM]: 9 });
  world.socket.says(numbered(12));
  world.socket.says(numbered(12));
  world.socket.says(numbered(11));
  world.socket.beats({ [STREAM]: 20 });
  equal([world.socket.sent, shown(world), world.state], [[], [12, 11], "live"]);
});

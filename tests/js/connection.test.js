import { equal, loggedErrors, ok, settle, test } from "./harness.js";
import { FakeClock, startClient } from "./fakes.js";

const jwt = (seconds) => `h.${btoa(JSON.stringify({ exp: seconds }))}.s`;

test("it connects at once, to the page's host and without a token", () => {
  equal(startClient().socket.url, "wss://clinic.test/ws/u1");
});

test("a string token travels as in the spec", () => {
  const { socket } = startClient({ token: "abc", baseUrl: "wss://localhost:8851" });
  equal(socket.url, "wss://localhost:8851/ws/u1?token=abc");
});

test("it is live when the server says ready, not before", () => {
  const world = startClient();
  world.socket.opens();
  equal(world.state, "connecting");
  world.socket.ready();
  equal(world.told.states, ["connecting", "live"]);
});

test("it comes back after a lost connection", () => {
  const world = startClient();
  world.socket.ready();
  world.socket.closes(1006);
  equal(world.state, "connecting");
  world.clock.pass(1000);
  world.socket.ready();
  equal([world.state, world.sockets.length, world.told.ready], ["live", 2, 2]);
});

test("waits double from one second to thirty", () => {
  const world = startClient();
  const waits = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    world.socket.closes(1006);
    waits.push(world.clock.waits[0]);
    world.clock.pass(world.clock.waits[0]);
  }
  equal(waits, [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
});

test("it never gives up on a dead server", () => {
  const world = startClient();
  for (let attempt = 0; attempt < 500; attempt += 1) {
    world.socket.closes(1006);
    world.clock.pass(world.clock.waits[0]);
  }
  equal([world.sockets.length, world.state], [501, "offline"]);
});

test("an opened socket alone does not reset the wait", () => {
  const world = startClient();
  for (const wait of [1000, 2000, 4000]) {
    world.socket.opens();
    world.socket.closes(1011);
    equal(world.clock.waits[0], wait);
    world.clock.pass(wait);
  }
});

test("success resets the wait", () => {
  const world = startClient();
  world.socket.closes(1006);
  world.clock.pass(1000);
  world.socket.ready();
  world.socket.closes(1006);
  equal(world.clock.waits[0], 1000);
});

test("an attempt that hangs is dropped after ten seconds", () => {
  const world = startClient();
  const [first] = world.sockets;
  world.clock.pass(10000);
  equal(first.closedWith, 1000);
  world.clock.pass(1000);
  equal(world.sockets.length, 2);
});

test("a socket that opens and then says nothing is dropped too", () => {
  const world = startClient();
  world.clock.pass(3000);
  world.socket.opens();
  world.clock.pass(8000);
  equal(world.sockets.length, 2);
});

test("late events of a dropped socket change nothing", () => {
  const world = startClient();
  const [first] = world.sockets;
  const { onclose, onmessage } = first;
  world.clock.pass(11000);
  world.socket.ready();
  first.onclose = onclose;
  first.onmessage = onmessage;
  first.closes(1006);
  equal([world.state, world.sockets.length], ["live", 2]);
});

test("a server of the spec's kind, without ready, is live on its first message", () => {
  const world = startClient({ awaitReady: false, resume: false });
  world.socket.opens();
  world.socket.says({ type: "new_prescription", medication: "Amoxicillin" });
  equal([world.state, world.told.notifications.length], ["live", 1]);
});

test("a server of the spec's kind that has nothing to say is live when it has held a while", () => {
  const world = startClient({ awaitReady: false, resume: false });
  world.socket.opens();
  equal(world.state, "connecting");
  world.clock.pass(2000);
  equal(world.state, "live");
  world.clock.pass(60 * 60 * 1000);
  equal(world.sockets.length, 1, "silence is no fault where no heartbeat was promised");
});

test("a refused string token stops it: sign in again", () => {
  const world = startClient({ token: "old" });
  world.socket.closes(4401);
  const { state, reason, code } = world.client.state;
  equal([state, reason, code], ["stopped", "sign_in_again", 4401]);
  equal(world.clock.waits, []);
});

test("a session that is over stops it: sign in again", () => {
  const world = startClient();
  world.socket.closes(4401);
  equal([world.state, world.client.state.reason], ["stopped", "sign_in_again"]);
});

test("a token function is asked again after a refusal", async () => {
  let given = 0;
  const world = startClient({ token: async () => `t${(given += 1)}` });
  await settle();
  world.socket.closes(4401);
  world.clock.pass(1000);
  await settle();
  equal(world.socket.url, "wss://clinic.test/ws/u1?token=t2");
});

test("a token function that fails is asked again, later and later", async () => {
  let asked = 0;
  const token = async () => {
    asked += 1;
    if (asked < 4) throw new Error("no network");
    return "good";
  };
  const world = startClient({ token });
  const waits = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await settle();
    equal([world.sockets.length, world.client.state.reason], [0, "no_token"]);
    waits.push(world.clock.waits[0]);
    world.clock.pass(world.clock.waits[0]);
  }
  await settle();
  equal([waits, world.socket.url], [[1000, 2000, 4000], "wss://clinic.test/ws/u1?token=good"]);
});

test("a token function that gives no text has failed", async () => {
  const world = startClient({ token: () => undefined });
  await settle();
  equal([world.sockets.length, world.client.state.reason], [0, "no_token"]);
});

test("a token function that never answers is asked again, and its late answer is ignored", async () => {
  const answers = [];
  const world = startClient({ token: () => new Promise((resolve) => answers.push(resolve)) });
  world.clock.pass(16000);
  equal(answers.length, 2);
  answers[1]("second");
  await settle();
  answers[0]("first");
  await settle();
  equal(world.sockets.map(({ url }) => url), ["wss://clinic.test/ws/u1?token=second"]);
});

test("a fresh token is sent a minute before the old one expires", async () => {
  const clock = new FakeClock();
  const world = startClient({ clock, token: () => jwt(Math.floor(clock.now() / 1000) + 900) });
  await settle();
  world.socket.ready();
  for (let beat = 0; beat < 55; beat += 1) {
    clock.pass(15000);
    world.socket.beats();
  }
  equal(world.socket.sent, []);
  clock.pass(15000);
  await settle();
  equal([world.socket.sent.map(({ type }) => type), world.sockets.length], [["token"], 1]);
});

test("tokens that all look expired do not make it ask without end", async () => {
  let asked = 0;
  const world = startClient({ token: () => jwt((asked += 1)) });
  await settle();
  world.socket.ready();
  world.clock.pass(9000);
  await settle();
  equal(asked, 1);
});

async function endedBy(code) {
  const world = startClient({ token: () => "t" });
  await settle();
  world.socket.closes(code);
  world.clock.pass(10 * 60 * 1000);
  world.window.tell("online");
  return [world.state, world.client.state.reason, world.sockets.length];
}

test("another person's path stops it, even with a token function", async () => {
  equal(await endedBy(4403), ["stopped", "not_yours", 1]);
});

test("a sign-out stops it, even with a token function", async () => {
  equal(await endedBy(4408), ["stopped", "signed_out", 1]);
});

test("close code 4429 is answered with patience", () => {
  const world = startClient({ random: () => 0 });
  world.socket.closes(4429);
  equal([world.clock.waits[0], world.client.state.reason], [500, "too_many"]);
});

test("close code 4012 is followed by a return with jitter", () => {
  const world = startClient({ random: () => 0.25 });
  world.socket.ready();
  world.socket.closes(4012);
  equal([world.clock.waits[0], world.client.state.reason], [250, "restarting"]);
});

test("after close nothing moves, and start begins again", () => {
  const world = startClient();
  world.socket.ready();
  world.client.close();
  world.window.tell("online");
  world.clock.pass(10 * 60 * 1000);
  equal([world.state, world.sockets.length, world.clock.waits], ["stopped", 1, []]);
  world.client.start();
  world.client.start();
  equal([world.state, world.sockets.length], ["connecting", 2]);
});

test("closing from inside a callback is safe", async () => {
  const lines = await loggedErrors(() => {
    const world = startClient({ onReady: () => world.client.close() });
    world.socket.ready({ "doctor:u1:notifications": 3 });
    equal([world.state, world.clock.waits], ["stopped", []]);
  });
  equal(lines, []);
});

test("an address that no browser takes is reported and tried again", () => {
  class WebSocket {
    constructor() {
      throw new SyntaxError("bad address");
    }
  }
  const world = startClient({ WebSocket });
  equal([world.told.errors[0].code, world.clock.waits], ["bad_address", [1000]]);
});

test("works where there is no window at all", () => {
  const world = startClient({ window: null, baseUrl: "ws://localhost:8851" });
  world.socket.ready();
  equal(world.state, "live");
});

test("what lasts is offline since the moment the news stopped", () => {
  const world = startClient();
  world.socket.ready();
  const cut = world.clock.now();
  world.socket.closes(1006);
  for (let attempt = 0; attempt < 4; attempt += 1) {
    world.clock.pass(world.clock.waits[0]);
    world.socket.closes(1006);
  }
  equal([world.state, world.client.state.since.getTime()], ["offline", cut]);
  equal(world.told.states, ["connecting", "live", "connecting", "offline"]);
});

test("offline does not flicker while it tries again", () => {
  const world = startClient();
  world.clock.pass(60000);
  const told = world.told.states.length;
  world.clock.pass(60000);
  equal([world.state, world.told.states.length], ["offline", told]);
});

test("a browser without network is offline at once", () => {
  const world = startClient();
  world.socket.ready();
  world.window.goOffline();
  world.socket.closes(1006);
  equal(world.state, "offline");
});

test("a browser that wrongly believes to be offline changes nothing on a living connection", () => {
  const world = startClient();
  world.socket.ready();
  world.window.goOffline();
  equal(world.socket.sent, [{ type: "ping" }]);
  world.socket.says({ type: "pong" });
  world.clock.pass(10000);
  equal([world.state, world.sockets.length], ["live", 1]);
});

test("a network that comes back is tried at once", () => {
  const world = startClient();
  world.window.goOffline();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    world.socket.closes(1006);
    world.clock.pass(world.clock.waits[0]);
  }
  world.socket.closes(1006);
  const before = world.sockets.length;
  world.window.goOnline();
  equal(world.sockets.length, before + 1);
});

test("a page that is looked at again does not wait for its turn", () => {
  const world = startClient();
  world.socket.closes(1006);
  world.window.look("hidden");
  equal(world.sockets.length, 1);
  world.window.look("visible");
  equal(world.sockets.length, 2);
});

test("a page that is looked at again makes sure that its connection lives", () => {
  const world = startClient();
  world.socket.ready();
  world.window.look("visible");
  equal(world.socket.sent, [{ type: "ping" }]);
  world.clock.pass(5000);
  equal(world.state, "connecting");
});

test("leaving the page closes the connection, and coming back opens another", () => {
  const world = startClient();
  world.socket.ready();
  world.window.tell("pagehide");
  equal(world.socket.closedWith, 1000);
  world.clock.pass(60000);
  equal(world.sockets.length, 1);
  world.window.tell("pageshow");
  world.socket.ready();
  equal([world.state, world.sockets.length], ["live", 2]);
});

test("the page's first appearance does not connect twice", () => {
  const world = startClient();
  world.window.tell("pageshow");
  equal(world.sockets.length, 1);
});

test("heartbeats keep a quiet connection alive", () => {
  const world = startClient();
  world.socket.ready();
  for (let beat = 0; beat < 100; beat += 1) {
    world.clock.pass(25000);
    world.socket.beats();
  }
  equal([world.state, world.sockets.length, world.socket.sent], ["live", 1, []]);
});

test("a missing heartbeat is asked after, and silence ends the connection", () => {
  const world = startClient();
  world.socket.ready();
  world.clock.pass(38000);
  equal(world.socket.sent, [{ type: "ping" }]);
  world.clock.pass(5000);
  equal([world.state, world.client.state.reason], ["connecting", "silent"]);
});

test("an answer to the question keeps it", () => {
  const world = startClient();
  world.socket.ready();
  world.clock.pass(38000);
  world.socket.says({ type: "pong" });
  world.clock.pass(6000);
  equal([world.state, world.sockets.length], ["live", 1]);
});

test("a laptop that slept finds out within seconds of waking", () => {
  const world = startClient();
  world.socket.ready();
  world.clock.sleep(60 * 60 * 1000);
  equal(world.socket.sent, [{ type: "ping" }]);
  world.clock.pass(5000);
  equal(world.state, "connecting");
});

test("a clock that is set back does no harm", () => {
  const world = startClient();
  world.socket.ready();
  world.clock.sleep(-60 * 60 * 1000);
  world.clock.pass(20000);
  world.socket.beats();
  equal(world.state, "live");
});

test("a client that may not speak judges by two missed heartbeats", () => {
  const world = startClient({ resume: false });
  world.socket.ready();
  world.clock.pass(48000);
  equal([world.state, world.socket.sent], ["live", []]);
  world.clock.pass(30000);
  ok(world.sockets.length > 1, "it reconnected");
  equal(world.sockets.flatMap(({ sent }) => sent), []);
});

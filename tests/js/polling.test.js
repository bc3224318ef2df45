import { STREAM, numbered, startClient } from "./fakes.js";
import { equal, ok, settle, test } from "./harness.js";

/** The REST inbox, played by the test: `rows` are what stands in the one channel. */
class FakeInbox {
  rows = [];
  page = 100;
  unread = 0;
  openAlerts = 0;
  userId = "u1";
  status = 200;
  asked = [];

  fetch = async (url, { headers }) => {
    this.asked.push({ url, token: headers.Authorization ?? null });
    if (this.status === 0) throw new TypeError("Failed to fetch");
    const body = url.endsWith("/heads") ? this.#heads() : this.#list(new URL(url).searchParams);
    return { ok: this.status === 200, status: this.status, json: async () => body };
  };

  #heads() {
    const head = this.rows.at(-1)?.seq ?? 0;
    return { user_id: this.userId, channels: { [STREAM]: head }, unread_count: this.unread, open_alerts: this.openAlerts };
  }

  #list(query) {
    const after = this.rows.filter(({ seq }) => seq > Number(query.get("after")));
    const results = after.slice(0, this.page);
    const more = after.length > results.length;
    const next = more ? `https://elsewhere.test/inbox?channel=${STREAM}&after=${results.at(-1).seq}` : null;
    return { results, next, unread_count: this.unread };
  }
}

/** A client in a network that lets no WebSocket through, polling since its third attempt. */
async function blocked(options = {}) {
  const inbox = new FakeInbox();
  Object.assign(inbox, options.inbox);
  const world = startClient({ fetch: inbox.fetch, ...options });
  world.inbox = inbox;
  world.block = async () => {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      world.socket.closes(1006);
      world.clock.pass(world.clock.waits[0]);
      await settle();
    }
  };
  /** Second by second, so that each answer is heard before the next timer. */
  world.turn = async (seconds = 6) => {
    for (let second = 0; second < seconds; second += 1) {
      world.clock.pass(1000);
      await settle();
    }
  };
  await world.block();
  return world;
}

test("where no socket opens it asks the inbox, and says so", async () => {
  const world = await blocked();
  equal([world.state, world.told.ready], ["polling", 1]);
  equal(world.inbox.asked[0], { url: "https://clinic.test/api/v1/notifications/heads", token: null });
});

test("polling shows what comes, once and in order", async () => {
  const world = await blocked();
  world.inbox.rows = [numbered(1), numbered(2)];
  await world.turn();
  await world.turn();
  equal(world.told.notifications.map(({ seq }) => seq), [1, 2]);
});

test("polling fetches page after page", async () => {
  const world = await blocked();
  world.inbox.page = 2;
  world.inbox.rows = [1, 2, 3, 4, 5].map((seq) => numbered(seq));
  await world.turn();
  await settle();
  equal(world.told.notifications.map(({ seq }) => seq), [1, 2, 3, 4, 5]);
});

test("it goes on from the position that the socket left, and the socket from the one polling left", async () => {
  const first = startClient();
  first.socket.ready({ [STREAM]: 1 });
  first.socket.says(numbered(2));
  first.client.close();
  const rows = [1, 2, 3].map((seq) => numbered(seq));
  const world = await blocked({ storage: first.storage, inbox: { rows } });
  equal(world.told.notifications.map(({ seq }) => seq), [3]);
  world.client.close();
  const last = startClient({ storage: first.storage });
  last.socket.ready({ [STREAM]: 3 });
  equal(last.socket.sent, []);
});

test("what was read elsewhere is noticed while polling", async () => {
  const world = await blocked();
  world.inbox.unread = 3;
  await world.turn();
  await world.turn();
  equal(world.told.updated, [{ type: "updated", unread_count: 3 }]);
});

test("an alert that somebody acknowledged is noticed while polling", async () => {
  const world = await blocked({ inbox: { openAlerts: 1 } });
  world.inbox.openAlerts = 0;
  await world.turn();
  equal(world.told.updated.length, 1);
});

test("every half minute the page is to look at everything again", async () => {
  const world = await blocked();
  for (let look = 0; look < 6; look += 1) await world.turn();
  equal(world.told.refresh, ["*"]);
});

test("it goes back to the socket as soon as one works, and shows nothing twice", async () => {
  const world = await blocked({ inbox: { rows: [numbered(1)] } });
  world.inbox.rows.push(numbered(2));
  await world.turn();
  world.socket.ready({ [STREAM]: 2 });
  world.socket.ready({ [STREAM]: 2 });
  await settle();
  equal(world.state, "live");
  world.socket.says(numbered(2));
  world.socket.says(numbered(3));
  equal(world.told.notifications.map(({ seq }) => seq), [2, 3]);
  const before = world.inbox.asked.length;
  await world.turn(20);
  equal(world.inbox.asked.length, before);
});

test("a socket is tried less and less often while polling", async () => {
  const world = await blocked();
  const before = world.sockets.length;
  for (let minute = 0; minute < 10; minute += 1) {
    for (let turn = 0; turn < 10; turn += 1) {
      await world.turn(6);
      if (world.socket.closedWith === null) world.socket.closes(1006);
    }
  }
  const tried = world.sockets.length - before;
  ok(tried >= 8 && tried <= 16, `${tried} attempts in ten minutes`);
  equal(world.state, "polling");
});

test("a network that comes back has its socket tried at once", async () => {
  const world = await blocked();
  const before = world.sockets.length;
  world.window.goOnline();
  equal(world.sockets.length, before + 1);
});

test("a server that is away is offline, and its socket is tried between two questions", async () => {
  const world = await blocked();
  world.inbox.status = 0;
  await world.turn();
  ok(["offline", "connecting"].includes(world.state), world.state);
  const before = world.sockets.length;
  await world.turn(60);
  ok(world.sockets.length > before, "no socket was tried");
});

test("an answer that never comes is given up", async () => {
  const world = startClient({ fetch: (_, { signal }) => new Promise((_, no) => signal.addEventListener("abort", () => no(new Error("aborted")))) });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    world.socket.closes(1006);
    world.clock.pass(world.clock.waits[0]);
    await settle();
  }
  const before = world.sockets.length;
  for (let second = 0; second < 40; second += 1) {
    world.clock.pass(1000);
    await settle();
  }
  ok(world.sockets.length > before, "it still waits");
});

test("who is signed out is not asked again", async () => {
  const world = await blocked();
  world.inbox.status = 401;
  await world.turn();
  equal(world.client.state.code, 4401);
  equal(world.state, "stopped");
});

test("somebody else's cookie stops it", async () => {
  const world = await blocked({ inbox: { userId: "u2" } });
  equal([world.state, world.client.state.code], ["stopped", 4403]);
});

test("a token goes along as a header", async () => {
  const world = await blocked({ token: "abc" });
  equal(world.inbox.asked[0].token, "Bearer abc");
});

test("an acknowledgement needs the socket or the page's form", async () => {
  const world = await blocked();
  equal(world.client.ack("id-1"), false);
});

test("a channel whose beginning is not there is reset, not asked for for ever", async () => {
  const first = startClient();
  first.socket.ready({ other: 1 });
  first.client.close();
  const world = await blocked({ storage: first.storage, inbox: { rows: [numbered(7)] } });
  equal([world.told.resets, world.state], [1, "polling"]);
  const before = world.inbox.asked.length;
  await world.turn();
  equal(world.inbox.asked.length, before + 1);
});

test("a client without resume never polls", async () => {
  const world = startClient({ fetch: () => ok(false, "it asked"), resume: false });
  for (let attempt = 0; attempt < 5; attempt += 1) {
    world.socket.closes(1006);
    world.clock.pass(world.clock.waits[0]);
    await settle();
  }
  equal(world.sockets.length, 6);
});

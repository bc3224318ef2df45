import { CONTROL_TYPES } from "../../static/js/notifications/frames.js";
import { NOTIFICATION_TYPES } from "../../static/js/notifications/index.js";
import { numbered, startClient } from "./fakes.js";
import { contract, equal, loggedErrors, settle, test } from "./harness.js";

test("the page hears of every type in the contract, key for key", async () => {
  const world = startClient();
  world.socket.ready();
  const messages = await Promise.all(NOTIFICATION_TYPES.map(contract));
  for (const message of messages) world.socket.says(message);
  equal(world.told.notifications, messages);
});

test("what HealthHub adds to a message reaches the page too", () => {
  const world = startClient();
  world.socket.ready();
  world.socket.says(numbered(1, { link: "/labs/r1/", requires_ack: true }));
  equal(world.told.notifications[0].link, "/labs/r1/");
});

test("control frames are no notifications", () => {
  const world = startClient();
  world.socket.ready();
  for (const type of CONTROL_TYPES) world.socket.says({ type });
  equal([world.told.notifications, world.told.unknown], [[], []]);
});

test("refresh names its topic", () => {
  const world = startClient();
  world.socket.ready();
  world.socket.says({ type: "refresh", topic: "lab_results" });
  equal(world.told.refresh, ["lab_results"]);
});

test("what was read elsewhere is told", () => {
  const world = startClient();
  world.socket.ready();
  world.socket.says({ type: "updated", unread_count: 2 });
  equal(world.told.updated, [{ type: "updated", unread_count: 2 }]);
});

test("the server's error is told with its code", () => {
  const world = startClient();
  world.socket.ready();
  world.socket.says({ type: "error", code: "not_found", message: "No such notification." });
  equal(world.told.errors, [{ code: "not_found", message: "No such notification." }]);
});

test("a type of the future goes to onUnknown and to nobody else", () => {
  const world = startClient();
  world.socket.ready();
  world.socket.says({ type: "bed_is_free", bed: 4 });
  equal([world.told.notifications, world.told.unknown], [[], [{ type: "bed_is_free", bed: 4 }]]);
});

test("a type of the future needs no handler", () => {
  const world = startClient({ onUnknown: undefined });
  world.socket.ready();
  world.socket.says({ type: "bed_is_free" });
  equal(world.state, "live");
});

test("broken messages change nothing", () => {
  const world = startClient();
  world.socket.ready();
  for (const text of ["{", "null", "[]", '{"type":{}}', "{}"]) world.socket.says(text);
  for (const type of ["ready", "heartbeat", "resumed"]) {
    for (const channels of [null, 7, "x", [], { a: "b" }]) world.socket.says({ type, channels });
  }
  world.socket.says({ type: "system_alert", message: "still here" });
  equal(world.told.notifications.length, 1);
});

test("a callback that throws does not keep the next news away", async () => {
  const heard = [];
  const lines = await loggedErrors(() => {
    const onNotification = ({ seq }) => {
      heard.push(seq);
      throw new Error("the page's mistake");
    };
    const world = startClient({ onNotification });
    world.socket.ready();
    world.socket.says(numbered(1));
    world.socket.says(numbered(2));
  });
  equal([heard, lines.length], [[1, 2], 2]);
});

test("an asynchronous callback that fails is logged, not left unhandled", async () => {
  const lines = await loggedErrors(async () => {
    const world = startClient({ onReady: () => Promise.reject(new Error("later")) });
    world.socket.ready();
    await settle();
  });
  equal(lines.length, 1);
});

test("no callback is needed at all", () => {
  const names = ["Notification", "State", "Ready", "Refresh", "Updated", "Unknown", "Error", "Reset"];
  const world = startClient(Object.fromEntries(names.map((name) => [`on${name}`, undefined])));
  world.socket.ready();
  world.socket.says(numbered(1));
  equal(world.state, "live");
});

test("an acknowledgement is sent with its note", () => {
  const world = startClient();
  world.socket.ready();
  equal(world.client.ack("id-1", "read back: 7.1"), true);
  equal(world.socket.sent, [{ type: "ack", id: "id-1", note: "read back: 7.1" }]);
});

test("an acknowledgement without connection says that it was not sent", () => {
  const world = startClient();
  world.socket.opens();
  equal(world.client.ack("id-1"), false);
  world.socket.ready();
  equal(world.socket.sent, []);
});

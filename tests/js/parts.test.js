import { backoff, patientBackoff } from "../../static/js/notifications/backoff.js";
import { CloseCode, Reason, afterClose } from "../../static/js/notifications/codes.js";
import { CONTROL_TYPES, NOTIFICATION_TYPES, parseFrame } from "../../static/js/notifications/frames.js";
import { socketUrl } from "../../static/js/notifications/link.js";
import { Position, positionStore } from "../../static/js/notifications/position.js";
import { expiryOf } from "../../static/js/notifications/token.js";
import { FakeStorage, numbered, STREAM } from "./fakes.js";
import { contract, equal, ok, test } from "./harness.js";

test("the ceiling doubles from one second and stays at thirty", () => {
  equal([0, 1, 2, 3, 4, 5, 6, 40, 5000].map((n) => backoff(n, () => 1)), [
    1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000,
  ]);
});

test("the jitter is full: any wait down to none", () => {
  equal([0, 0.5].map((random) => backoff(2, () => random)), [0, 2000]);
});

test("a server that asks for patience gets at least half the ceiling", () => {
  equal([0, 1].map((random) => patientBackoff(3, () => random)), [4000, 8000]);
});

test("an expired token is renewed where that is possible", () => {
  equal(afterClose(4401, true), { retry: true, patient: false, reason: Reason.TOKEN });
  equal(afterClose(4401, false), { retry: false, patient: false, reason: Reason.SIGN_IN });
});

test("another person's path and a sign-out end it for good", () => {
  equal([4403, 4408].map((code) => afterClose(code, true).retry), [false, false]);
});

test("every other end is followed by another attempt", () => {
  const others = [1000, 1001, 1006, 1011, 4012, 4413, 4429, null];
  equal(others.map((code) => afterClose(code, false).retry), others.map(() => true));
});

test("only too many connections ask for patience", () => {
  equal(Object.values(CloseCode).filter((code) => afterClose(code, true).patient), [4429]);
});

test("what is no JSON object with a textual type is no frame", () => {
  const bad = ["", "{", "null", "[]", "7", '"ready"', "{}", '{"type":7}', '{"type":null}', new Blob()];
  equal(bad.map(parseFrame), bad.map(() => null));
});

test("deeply nested nonsense is survived", () => {
  equal(parseFrame("[".repeat(100000)), null);
});

test("every contract file is a notification that this version knows", async () => {
  for (const type of NOTIFICATION_TYPES) equal((await contract(type)).type, type);
});

test("no notification has the name of a control frame", () => {
  equal(NOTIFICATION_TYPES.filter((type) => CONTROL_TYPES.includes(type)), []);
});

test("the address is the page's own host unless another is given", () => {
  const page = (origin) => ({ location: { origin } });
  equal(socketUrl(undefined, page("https://a.test"), "u1", null), "wss://a.test/ws/u1");
  equal(socketUrl(undefined, page("http://localhost:8851"), "u1", null), "ws://localhost:8851/ws/u1");
  const given = socketUrl("wss://b.test:8851/", page("https://a.test"), "u1", "t");
  equal(given, "wss://b.test:8851/ws/u1?token=t");
});

test("an id or token cannot break out of the address", () => {
  equal(socketUrl("ws://a", null, "../x?y", "a&b=c"), "ws://a/ws/..%2Fx%3Fy?token=a%26b%3Dc");
});

test("a token says when it expires", () => {
  const body = btoa(JSON.stringify({ exp: 1738404000, name: "\u00ff\u00fe~~~" }));
  equal(expiryOf(`x.${body.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}.y`), 1738404000000);
});

test("a token that does not say when it expires is taken as it is", () => {
  equal(["", "abc", "a.b.c", `x.${btoa("{}")}.y`, `x.${btoa('{"exp":"soon"}')}.y`].map(expiryOf), [
    null, null, null, null, null,
  ]);
});

const positionOf = (storage) => new Position(positionStore(storage, "k"));

test("a position outlives its page", () => {
  const storage = new FakeStorage();
  const before = positionOf(storage);
  before.moveTo(STREAM, 6);
  before.take(numbered(7));
  before.save();
  equal(positionOf(storage).of(STREAM), 7);
});

test("storage that throws costs nothing but memory between pages", () => {
  const broken = {
    getItem() {
      throw new Error("forbidden");
    },
    setItem() {
      throw new Error("full");
    },
  };
  const position = positionOf(broken);
  position.moveTo(STREAM, 3);
  position.save();
  equal(position.of(STREAM), 3);
});

test("nonsense in storage is no position", () => {
  for (const text of ["{", "null", "7", '{"a":"1","b":-1,"c":1.5,"d":null}', '{"a":[],"b":[1,"2"],"c":[[]],"d":{}}']) {
    const storage = new FakeStorage();
    storage.setItem("k", text);
    ok(!positionOf(storage).isKnown, text);
  }
});

test("a tab that lags behind does not take the kept position back", () => {
  const storage = new FakeStorage();
  const ahead = positionOf(storage);
  const behind = positionOf(storage);
  ahead.moveTo(STREAM, 9);
  ahead.save();
  behind.moveTo(STREAM, 4);
  behind.save();
  equal(positionOf(storage).of(STREAM), 9);
});

test("a stream that the server set back takes the kept position with it", () => {
  const storage = new FakeStorage();
  const position = positionOf(storage);
  position.moveTo(STREAM, 9);
  position.save();
  position.moveTo(STREAM, 2);
  position.save();
  equal(positionOf(storage).of(STREAM), 2);
});

test("a notification that overtook another waits for it in the position", () => {
  const position = positionOf(null);
  position.moveTo(STREAM, 4);
  ok(position.take(numbered(6)), "6 is shown");
  equal([position.of(STREAM), position.hasHole(STREAM)], [4, true]);
  ok(position.take(numbered(5)), "5 is shown");
  equal([position.of(STREAM), position.hasHole(STREAM)], [6, false]);
});

test("what two tabs have shown beyond their holes is kept together", () => {
  const storage = new FakeStorage();
  const [one, other] = [positionOf(storage), positionOf(storage)];
  for (const position of [one, other]) position.moveTo(STREAM, 4);
  for (const seq of [6, 8]) one.take(numbered(seq));
  one.save();
  for (const seq of [5, 9]) other.take(numbered(seq));
  other.save();
  equal(JSON.parse(storage.getItem("k")), { [STREAM]: [6, 8, 9] });
  equal([6, 7, 8, 9].map((seq) => positionOf(storage).take(numbered(seq))), [false, true, false, false]);
});

test("however much was shown beyond a hole, little of it is kept", () => {
  const storage = new FakeStorage();
  const position = positionOf(storage);
  position.moveTo(STREAM, 0);
  for (let seq = 2; seq < 5000; seq += 1) position.take(numbered(seq));
  position.save();
  equal(JSON.parse(storage.getItem("k"))[STREAM].length, 501);
});

test("what was shown is not shown again, by number or by id", () => {
  const position = positionOf(null);
  position.moveTo(STREAM, 4);
  equal([5, 5, 4, 7, 7].map((seq) => position.take(numbered(seq))), [true, false, false, true, false]);
  equal([1, 2].map(() => position.take({ type: "x", id: "same" })), [true, false]);
});

test("a message without id and number, as in the spec, is always shown", () => {
  equal([1, 2].map(() => positionOf(null).take({ type: "new_prescription" })), [true, true]);
});

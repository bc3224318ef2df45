import { keepOffer } from "../../static/js/pages/offer_clock.js";
import { equal, test } from "./harness.js";

const UNTIL = Date.parse("2027-03-02T10:00:00Z");

/** An offer on a page whose clock stands so many seconds before its end, and a hand that moves it on. */
function offerWith(seconds) {
  const region = document.createElement("div");
  region.innerHTML = '<span hidden>: <strong data-until="2027-03-02T10:00:00+00:00"></strong> left</span>';
  const says = document.createElement("p");
  const real = { now: Date.now, setInterval: globalThis.setInterval };
  const world = { region, says, asked: 0, end: () => Object.assign(Date, { now: real.now }) };
  let tick = () => {};
  Date.now = () => UNTIL - seconds * 1000;
  globalThis.setInterval = (work) => {
    tick = work;
  };
  keepOffer(region, says, () => {
    world.asked += 1;
  });
  globalThis.setInterval = real.setInterval;
  world.at = (left) => {
    Date.now = () => UNTIL - left * 1000;
    tick();
    return says.textContent;
  };
  return world;
}

test("the clock of an offer shows what is left, once it runs", () => {
  const offer = offerWith(843);
  equal([offer.region.textContent, offer.region.firstChild.hidden], [": 14 min 3 s left", false]);
  offer.end();
});

test("an offer says politely that five minutes and one are left, and nothing in between", () => {
  const offer = offerWith(400);
  equal([offer.at(301), offer.at(300), offer.at(299)], ["", ...Array(2).fill("The time is kept for 5 minutes more.")]);
  equal(offer.at(60), "The time is kept for one minute more.");
  equal(offer.asked, 0);
  offer.end();
});

test("an offer that is over says so once and asks what has become of it", () => {
  const offer = offerWith(30);
  equal(offer.says.textContent, "");
  equal(offer.at(0), "The time is no longer kept. Nothing else has changed.");
  offer.at(-1);
  equal([offer.asked, offer.region.textContent], [1, ": 0 min 0 s left"]);
  offer.end();
});

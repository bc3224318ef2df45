import { elsewhere } from "../../static/js/pages/zones.js";
import { equal, test } from "./harness.js";

test("where both clocks agree nothing is said", () => {
  equal(elsewhere("2027-03-02T10:00:00+00:00", "Europe/London"), "");
});

test("the time of another zone is said, with the day where it is another one", () => {
  equal(elsewhere("2027-03-02T10:00:00+00:00", "Asia/Kathmandu"), "15:45");
  equal(elsewhere("2027-03-02T20:00:00+00:00", "Asia/Tokyo"), "Wed 3 Mar, 05:00");
  equal(elsewhere("2027-03-01T02:00:00+00:00", "America/New_York"), "Sun 28 Feb, 21:00");
});

test("in the weeks between two changes of the clock the gap is another one", () => {
  const gap = (day) => elsewhere(`${day}T15:00:00+00:00`, "America/New_York");
  equal([gap("2027-03-12"), gap("2027-03-15"), elsewhere("2027-03-29T15:00:00+01:00", "America/New_York")], [
    "10:00",
    "11:00",
    "10:00",
  ]);
});

test("an hour that the clock shows twice is two times elsewhere", () => {
  equal(
    ["+01:00", "+00:00"].map((offset) => elsewhere(`2027-10-31T01:30:00${offset}`, "Asia/Tokyo")),
    ["09:30", "10:30"],
  );
});

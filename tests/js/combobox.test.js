import { Combobox } from "../../static/js/pages/combobox.js";
import { equal, ok, settle, test } from "./harness.js";

const NAMES = ["warfarin", "Warfilone"];
const asOptions = (names) =>
  names.map((name, at) => `<li role="option" aria-selected="false" id="n-${at}" data-value="${name}">${name}</li>`).join("");

/** A field in the page with the names that the server would answer. */
function field(answer = async () => asOptions(NAMES)) {
  document.body.innerHTML = '<label for="drug">Medication</label><input id="drug" data-suggests="/names/">';
  const input = document.getElementById("drug");
  const box = new Combobox(input, "/sign-in/", answer);
  input.focus();
  return { input, box };
}

const press = (input, key) => {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, bubbles: true });
  input.dispatchEvent(event);
  return event.defaultPrevented;
};

async function open(input, box, typed = "warf") {
  input.value = typed;
  await box.ask();
}

test("the field says what it is, and that its list is closed", () => {
  const { input, box } = field();
  equal(["role", "aria-autocomplete", "aria-controls", "aria-expanded"].map((name) => input.getAttribute(name)), [
    "combobox", "list", "drug-names", "false",
  ]);
  equal([box.list.getAttribute("aria-label"), box.list.hidden], ["Medication: names", true]);
});

test("arrows go through the names and back into the field, and nothing is taken by that", async () => {
  const { input, box } = field();
  await open(input, box);
  const seen = [1, 2, 3, 4].map(() => (press(input, "ArrowDown"), input.getAttribute("aria-activedescendant")));
  equal(seen, ["n-0", "n-1", null, "n-0"]);
  press(input, "ArrowUp");
  equal([input.getAttribute("aria-activedescendant"), input.value], [null, "warf"]);
});

test("Enter takes the name it stands on and tells the form", async () => {
  const { input, box } = field();
  await open(input, box);
  let told = 0;
  document.body.addEventListener("input", () => (told += 1), { once: true });
  press(input, "ArrowDown");
  equal([press(input, "Enter"), input.value, told, box.list.hidden], [true, "warfarin", 1, true]);
});

test("Enter does not send half a name: it closes the list, and is the form's own only after that", async () => {
  const { input, box } = field();
  await open(input, box);
  equal([press(input, "Enter"), box.list.hidden, input.value], [true, true, "warf"]);
  equal(press(input, "Enter"), false);
});

test("Enter does not send what was typed before its names have come", async () => {
  const { input, box } = field();
  input.value = "warf";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  equal(press(input, "Enter"), true);
  await box.ask();
  equal([press(input, "Enter"), press(input, "Enter")], [true, false]);
});

test("Escape closes the list and keeps what was typed", async () => {
  const { input, box } = field();
  await open(input, box);
  equal([press(input, "Escape"), input.value, input.getAttribute("aria-expanded")], [true, "warf", "false"]);
  equal(press(input, "Escape"), false);
});

const type = (input, words) => {
  input.value = words;
  input.dispatchEvent(new Event("input", { bubbles: true }));
};

test("with the next letter the old names are gone, and Enter takes none of them", async () => {
  const { input, box } = field(async () => asOptions(["amoxapine", "amoxicillin"]));
  await open(input, box, "amox");
  press(input, "ArrowDown");
  type(input, "metformin");
  equal([box.list.hidden, box.options.length, input.getAttribute("aria-expanded")], [true, 0, "false"]);
  equal(input.getAttribute("aria-activedescendant"), null);
  equal([press(input, "Enter"), input.value], [true, "metformin"]);
});

test("an answer for older words is not shown, even once the same words stand there again", async () => {
  const answers = [];
  const { input, box } = field(() => new Promise((resolve, reject) => answers.push({ resolve, reject })));
  type(input, "warf");
  box.ask();
  type(input, "warfa");
  type(input, "warf");
  answers[0].resolve(asOptions(["old"]));
  await settle();
  ok(box.list.hidden, "the first answer is shown while the second is awaited");
  const asking = box.ask();
  answers[1].resolve(asOptions(NAMES));
  await asking;
  equal(box.options.map((one) => one.dataset.value), NAMES);
});

test("a late failure for older words neither closes the newer names nor ends the wait for them", async () => {
  const answers = [];
  const { input, box } = field(() => new Promise((resolve, reject) => answers.push({ resolve, reject })));
  type(input, "amox");
  box.ask();
  type(input, "metf");
  answers[0].reject(new Error("offline"));
  await settle();
  equal([press(input, "Enter"), box.count.textContent], [true, ""]);
});

test("an answer for an older text is not shown", async () => {
  const answers = [];
  const { input, box } = field(() => new Promise((resolve) => answers.push(resolve)));
  input.value = "warf";
  box.ask();
  input.value = "amox";
  answers[0](asOptions(NAMES));
  await settle();
  ok(box.list.hidden, "names for warf are offered for amox");
});

test("without an answer, or once the name is whole, there is no list", async () => {
  const failing = field(async () => { throw new Error("offline"); });
  await open(failing.input, failing.box);
  equal([failing.box.list.hidden, failing.input.value], [true, "warf"]);
  equal([failing.box.count.textContent.startsWith("The search does not answer"), failing.box.count.className], [true, "hint"]);
  const whole = field(async () => asOptions(["warfarin"]));
  await open(whole.input, whole.box, "warfarin");
  equal(whole.box.list.hidden, true);
});

test("one letter asks for nothing", async () => {
  let asked = 0;
  const { input, box } = field(async () => { asked += 1; return ""; });
  await open(input, box, "w");
  equal(asked, 0);
});

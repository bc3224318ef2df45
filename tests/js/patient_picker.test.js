import { PatientPicker } from "../../static/js/pages/patient_picker.js";
import { equal, ok, settle, test } from "./harness.js";

const ALICE = { pk: "a-1", words: "40-0001 Alice Johnson", label: "Alice Johnson born 14 Aug 1988 ID 40-0001" };
const option = ({ pk, words, label }, more = "") =>
  `<li role="option" aria-selected="false" id="patient-0" data-value="${pk}" data-words="${words}" ${more}>${label}</li>`;

/** The field as the server sends it, with Alice chosen or with nobody; `told` has what the form hears. */
function picker({ chosen = false, answer = async () => option(ALICE), now = () => 0 } = {}) {
  const words = chosen ? ALICE.words : "";
  const radio = `<div class="choice"><input type="radio" name="patient" value="a-1" id="p_0" checked><label for="p_0">Alice</label></div>`;
  document.body.innerHTML = `<form><input type="hidden" name="csrfmiddlewaretoken" value="tok">
    <label for="p">Patient</label><div data-picker><input id="p" name="patient-words" value="${words}" data-suggests="/found/">
    <input type="hidden" name="patient-shown-for" value="${words}" data-shown-for>
    <fieldset ${chosen ? "" : "hidden"}><legend>The patient</legend>${chosen ? radio : ""}</fieldset></div><button>Issue</button></form>`;
  const form = document.querySelector("form");
  const told = [];
  form.addEventListener("input", (event) => event.target.name === "patient" && told.push(event.target.checked));
  const place = document.querySelector("[data-picker]");
  const made = new PatientPicker(place, "/sign-in/", answer, now);
  made.input.focus();
  return { made, form, told, input: made.input, box: made.box, choices: made.choices, says: made.box.count };
}

const type = (input, words) => {
  input.value = words;
  input.dispatchEvent(new Event("input", { bubbles: true }));
};
const press = (input, key) => {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, bubbles: true });
  input.dispatchEvent(event);
  return event.defaultPrevented;
};
const sent = (form) => [...new FormData(form)].filter(([name]) => name.startsWith("patient")).map(([, value]) => value);

test("what is searched for goes in the body of a POST, with the token of the form", async () => {
  const asked = [];
  const { input, box } = picker({ answer: async (...call) => (asked.push(call), "") });
  input.value = "alice";
  await box.ask();
  const [url, , { method, body }] = asked[0];
  equal([url, method, body.get("q"), body.get("csrfmiddlewaretoken")], ["/found/", "POST", "alice", "tok"]);
});

test("a hit that is taken is the one choice, is said, and the form hears of it", async () => {
  const { form, told, input, box, choices, says } = picker();
  type(input, "ali");
  await box.ask();
  press(input, "ArrowDown");
  press(input, "Enter");
  equal([choices.hidden, choices.textContent.includes("born 14 Aug 1988"), told], [false, true, [true]]);
  equal(sent(form), [ALICE.words, ALICE.words, "a-1"]);
  equal(says.textContent, `Chosen: ${ALICE.label}`);
});

test("whoever was marked for older words is not chosen for newer ones", async () => {
  const { form, told, input, box, choices } = picker();
  type(input, "alice j");
  await box.ask();
  press(input, "ArrowDown");
  type(input, "bob wilson");
  equal([press(input, "Enter"), input.value, choices.hidden, told], [true, "bob wilson", true, []]);
  equal(form.elements.patient, undefined);
});

test("with the first letter that is changed nobody is chosen, and the form hears of it", () => {
  const { form, told, input, choices } = picker({ chosen: true });
  type(input, ALICE.words);
  equal(told, []);
  type(input, `${ALICE.words}x`);
  equal([choices.hidden, told, form.elements.patient], [true, [false], undefined]);
});

test("Enter in a search that means nobody yet sends no form; once somebody is chosen it is the form's own", () => {
  const { input } = picker();
  type(input, "ali");
  ok(press(input, "Enter"), "the form would be sent");
  equal(press(picker({ chosen: true }).input, "Enter"), false);
  equal(press(picker().input, "Enter"), false);
});

test("words that name one patient choose them when one leaves the field, and not while one types", async () => {
  const { made, told, input, box, choices } = picker({ answer: async () => option(ALICE, "data-named") });
  type(input, "40-0001");
  await box.ask();
  await made.settle();
  equal([choices.hidden, told], [true, []]);
  input.blur();
  await made.settle();
  equal([made.chosen.value, told, input.value], ["a-1", [true], ALICE.words]);
});

test("an only hit that is not named is not chosen by leaving, nor is what was typed since", async () => {
  const { made, input } = picker();
  type(input, "ali");
  input.blur();
  await made.settle();
  equal(made.chosen, null);
  const late = picker({ answer: async () => (type(late.input, "bob"), option(ALICE, "data-named")) });
  type(late.input, "40-0001");
  late.input.blur();
  await late.made.settle();
  equal(late.made.chosen, null);
});

test("who finds nobody is told so, and who leaves without choosing too", async () => {
  const { made, input, box, says } = picker({ answer: async () => "<p data-says>Nobody is found.</p>" });
  type(input, "zz");
  await box.ask();
  equal([box.list.hidden, says.textContent, says.className], [true, "Nobody is found.", "hint"]);
  input.blur();
  await made.settle();
  equal([says.textContent.startsWith("Nobody is chosen yet"), says.className], [true, "hint"]);
});

/** Presses the button of the form; `sendings` gets true for each time that the form would have been sent. */
function sendings(form) {
  const sent = [];
  form.addEventListener("submit", (event) => {
    sent.push(!event.defaultPrevented);
    event.preventDefault();
  });
  return sent;
}

test("a form sent before who was named could be seen is held, shows who it is, and is sent with the next press", async () => {
  let time = 0;
  const { form, input, choices, says } = picker({ answer: async () => option(ALICE, "data-named"), now: () => time });
  const sent = sendings(form);
  type(input, "alice johnson");
  form.querySelector("button").click();
  await settle();
  equal([sent, choices.hidden, choices.textContent.includes("born 14 Aug 1988")], [[false], false, true]);
  equal([says.textContent.includes("Look whether this is the right person"), says.className], [true, "notice small"]);
  equal(document.activeElement, form.elements.patient);
  time += 500;
  form.querySelector("button").click();
  equal(sent, [false, false], "the second half of a double press");
  time += 500;
  form.querySelector("button").click();
  equal(sent, [false, false, true]);
});

test("who was named by leaving the field while one presses is not sent by that press", async () => {
  const { made, form, input } = picker({ answer: async () => option(ALICE, "data-named") });
  const sent = sendings(form);
  type(input, "alice johnson");
  input.blur();
  await made.settle();
  form.querySelector("button").click();
  equal(sent, [false]);
});

test("words that name nobody, or a search without an answer, leave it to the server to ask", async () => {
  for (const answer of [async () => option(ALICE), async () => { throw new Error("offline"); }]) {
    const { form, input, choices } = picker({ answer });
    const sent = sendings(form);
    type(input, "ali");
    form.querySelector("button").click();
    await settle();
    equal([sent, choices.hidden], [[false, true], true]);
  }
});

test("who was chosen from the list has been seen, and is sent at once", async () => {
  const { form, input, box } = picker();
  const sent = sendings(form);
  type(input, "ali");
  await box.ask();
  press(input, "ArrowDown");
  press(input, "Enter");
  form.querySelector("button").click();
  equal(sent, [true]);
});

import { SharedNotificationClient } from "../notifications/index.js";
import { keepClocks, listenToAlarms } from "./alarm.js";
import { markNow } from "./calendar_now.js";
import { showConnection } from "./connection.js";
import { leaveToSignIn } from "./fetch_partial.js";
import { focusErrors, guardForms, sendQuietly } from "./forms.js";
import { keepHold } from "./hold_clock.js";
import { listenToKeys } from "./keys.js";
import { LiveRegions } from "./live_regions.js";
import { keepOffer } from "./offer_clock.js";
import { pickPatients } from "./patient_picker.js";
import { followPointer } from "./pointer.js";
import { listenToPrescribing } from "./prescribing.js";
import { stampPrints } from "./printing.js";
import { rove } from "./roving.js";
import { watchSlots } from "./slots.js";
import { closeToasts, listenToToasts, showToast } from "./toasts.js";
import { showOwnZone } from "./zones.js";

const SIGNED_OUT = 4408;
const { userId, signIn, unread } = document.body.dataset;
const regions = new LiveRegions(document, signIn);
let connectedBefore = false;

guardForms(document);
focusErrors(document);
sendQuietly(document, signIn, () => regions.refresh("updated"));
listenToKeys(document);
followPointer(document);
listenToToasts();
stampPrints(document);
pickPatients(document, signIn);
listenToPrescribing(document, regions, signIn);
const alarms = document.getElementById("alarms");
if (alarms) listenToAlarms(alarms);
for (const place of document.querySelectorAll("[data-clocks]")) keepClocks(place);
for (const place of document.querySelectorAll("[data-slots]")) {
  watchSlots(place, document.querySelector("[data-slots-say]"));
}
for (const place of document.querySelectorAll("[data-hold]")) {
  keepHold(place, document.querySelector("[data-hold-says]"), () => regions.refresh("calendar"));
}
for (const place of document.querySelectorAll("[data-offer]")) {
  keepOffer(place, document.querySelector("[data-offer-says]"), () => regions.refresh("appointments"));
}
for (const place of document.querySelectorAll("[data-calendar]")) markNow(place);
for (const place of document.querySelectorAll("[data-roving]")) rove(place);
showOwnZone(document);
document.addEventListener("live:swapped", (event) => showOwnZone(event.target));

if (alarms) {
  new SharedNotificationClient({
    userId,
    onState(change) {
      showConnection(change);
      if (change.state !== "stopped") return;
      if (change.code === SIGNED_OUT) leaveToSignIn(signIn);
      // Another refusal may mean that the session has ended: then what is fetched now leads to sign-in.
      else if (change.code) regions.refreshAll();
    },
    onReady(ready) {
      // What came while the page was deaf, or was being loaded, is fetched rather than guessed.
      if (connectedBefore || ready.unread_count !== Number(unread)) regions.refreshAll();
      connectedBefore = true;
    },
    onNotification(notification) {
      regions.refresh(notification.type, true);
      // Every tab hears it; one that nobody looks at need not say so.
      if (notification.priority !== "critical" && !document.hidden) showToast(notification, signIn);
    },
    onUnknown(notification) {
      regions.refresh(notification.type, true);
    },
    onRefresh: (topic) => (topic === "*" ? regions.refreshAll() : regions.refresh(topic)),
    onUpdated({ seen }) {
      regions.refresh("updated");
      closeToasts(seen ?? []);
    },
    onReset: () => regions.refreshAll(),
  });
}

/** The public face: what a page needs, and nothing of how it is done. */
export { NotificationClient } from "./client.js";
export { CloseCode, Reason } from "./codes.js";
export { NOTIFICATION_TYPES } from "./frames.js";
export { SharedNotificationClient } from "./tabs.js";

export { NotificationClient } from "./client.js";

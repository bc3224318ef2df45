export const NOTIFICATION_TYPES = Object.freeze([
  "appointment_requested",
  "appointment_status_changed",
  "appointment_reminder",
  "appointment_request_waiting",
  "visits_without_doctor",
  "slot_offered",
  "new_prescription",
  "prescription_status_changed",
  "prescription_alert",
  "critical_lab_result",
  "lab_result_available",
  "system_alert",
]);

export const CONTROL_TYPES = Object.freeze([
  "ready",
  "heartbeat",
  "resumed",
  "updated",
  "refresh",
  "pong",
  "error",
]);

/** @param {string} type */
export const isNotification = (type) => NOTIFICATION_TYPES.includes(type);

/** @param {string} type */
export const isControl = (type) => CONTROL_TYPES.includes(type);

/**
 * @param {unknown} data what the socket brought
 * @returns {any} the frame, or null for anything that is no JSON object with a textual `type`
 */
export function parseFrame(data) {
  if (typeof data !== "string") return null;
  try {
    const frame = JSON.parse(data);
    return frame !== null && typeof frame === "object" && typeof frame.type === "string" ? frame : null;
  } catch {
    return null;
  }
}

/**
 * @param {{channels?: unknown}} frame `ready` or `heartbeat`
 * @returns {import("./types.js").Heads}
 */
export function headsOf({ channels }) {
  const heads = Object.entries(channels ?? {});
  return Object.fromEntries(heads.filter(([, seq]) => Number.isSafeInteger(seq) && seq >= 0));
}

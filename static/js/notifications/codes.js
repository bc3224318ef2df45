/** Why a socket was closed, and what follows from it. Browsers give no text, only the number. */
export const CloseCode = Object.freeze({
  RESTARTING: 4012,
  UNAUTHENTICATED: 4401,
  NOT_YOURS: 4403,
  SIGNED_OUT: 4408,
  FRAME_TOO_LARGE: 4413,
  TOO_MANY: 4429,
});

/** The words in `State.reason`. */
export const Reason = Object.freeze({
  /** No token function can help: the person must sign in (again). */
  SIGN_IN: "sign_in_again",
  /** Signed out, deactivated, or another role or password. */
  SIGNED_OUT: "signed_out",
  /** `userId` is not the person who is signed in. */
  NOT_YOURS: "not_yours",
  /** The token function failed; it is asked again. */
  TOKEN: "no_token",
  RESTARTING: "restarting",
  FRAME_TOO_LARGE: "frame_too_large",
  TOO_MANY: "too_many",
  /** Connected, but the server said nothing in time. */
  SILENT: "silent",
  /** The connection ended or could not be made. */
  LOST: "lost",
  /** The page was left, or goes to sleep in the browser's cache. */
  PAGE_HIDDEN: "page_hidden",
  /** `close()` was called. */
  CLOSED: "closed",
});

/** @type {Record<number, string>} */
const REASONS = {
  [CloseCode.RESTARTING]: Reason.RESTARTING,
  [CloseCode.UNAUTHENTICATED]: Reason.SIGN_IN,
  [CloseCode.NOT_YOURS]: Reason.NOT_YOURS,
  [CloseCode.SIGNED_OUT]: Reason.SIGNED_OUT,
  [CloseCode.FRAME_TOO_LARGE]: Reason.FRAME_TOO_LARGE,
  [CloseCode.TOO_MANY]: Reason.TOO_MANY,
};

/**
 * @param {number | null} code null where we dropped the connection ourselves
 * @param {boolean} canRenew whether a token function can bring another token
 * @returns {{retry: boolean, patient: boolean, reason: string}} `patient`: wait longer than usual
 */
export function afterClose(code, canRenew) {
  const renews = code === CloseCode.UNAUTHENTICATED && canRenew;
  const reason = renews ? Reason.TOKEN : (REASONS[code ?? 0] ?? Reason.LOST);
  return {
    retry: ![Reason.SIGN_IN, Reason.NOT_YOURS, Reason.SIGNED_OUT].includes(reason),
    patient: code === CloseCode.TOO_MANY,
    reason,
  };
}

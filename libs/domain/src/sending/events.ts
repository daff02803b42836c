import { instant, shape, text, word } from '../codec/fields.js';

/** Why nothing is sent. */
export const PAUSE_CAUSES = ['operator', 'configured', 'log-behind-checkpoint'] as const;
export type PauseCause = (typeof PAUSE_CAUSES)[number];

/**
 * The events of the stream `sending`: whether requests may leave for providers at all. It lies in the log since it is a
 * decision about money, and an auditor wants to know who stopped and who resumed.
 */
export const sendingShapes = {
  SendingPaused: shape({ cause: word(...PAUSE_CAUSES), by: text, reason: text, at: instant }),
  SendingResumed: shape({ by: text, reason: text, at: instant }),
} as const;

type DataOf<S> = S extends { decode(...args: never): infer D } ? D : never;
export type SendingEvent = {
  [T in keyof typeof sendingShapes]: { readonly type: T; readonly data: DataOf<(typeof sendingShapes)[T]> };
}[keyof typeof sendingShapes];

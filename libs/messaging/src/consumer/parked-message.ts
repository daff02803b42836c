import { PARKED_HEADERS, type OutgoingMessage, type ReceivedMessage } from '../message-bus.js';

const ORIGINAL_PREFIX = 'original-';
/** A reason is one line for an operator, not a dump. */
const LONGEST_REASON = 1_000;

/** The message for `payout.parked.v1`: the original's key and bytes, its headers with a prefix, and where it came from. */
export function parkedMessage(original: ReceivedMessage, group: string, reason: string): OutgoingMessage {
  const originals = Object.entries(original.headers).map(
    ([name, text]) => [`${ORIGINAL_PREFIX}${name}`, text] as const,
  );
  return {
    key: original.key,
    headers: {
      ...Object.fromEntries(originals),
      [PARKED_HEADERS.reason]: reason.slice(0, LONGEST_REASON),
      [PARKED_HEADERS.group]: group,
      [PARKED_HEADERS.topic]: original.topic,
      [PARKED_HEADERS.partition]: String(original.partition),
      [PARKED_HEADERS.offset]: String(original.offset),
    },
    value: original.value,
  };
}

import { MAX_MESSAGE_BYTES } from '../message-bus.js';
import { printCloudEvent, readCloudEvent } from './cloud-event.js';
import type { Problem } from './problem.js';
import { declaredOf, problemsIn, type Shape } from './shape.js';

/** `source` of every message that the service sends. */
export const OWN_SOURCE = 'payout-ledger';

/** What a message of ours needs besides its data. `id` is the same when the same fact is sent again. */
export interface MessageMeta {
  readonly id: string;
  /** RFC 3339. */
  readonly time: string;
}

export type OwnMessageReading<T> =
  | { readonly ok: true; readonly type: string; readonly meta: MessageMeta; readonly data: T }
  | OwnMessageRefusal;

export interface OwnMessageRefusal {
  readonly ok: false;
  /** `unknown-type`: another message than those asked for; not a fault of it. */
  readonly kind: 'too-large' | 'malformed-json' | 'not-a-cloud-event' | 'unknown-type' | 'invalid-field';
  /** One line that names the fields, without their values. */
  readonly reason: string;
}

export function printOwnMessage(type: string, { id, time }: MessageMeta, data: object): Uint8Array {
  return printCloudEvent({ id, source: OWN_SOURCE, type, time, data });
}

/** Reads a message of ours whose type has an entry in `shapes`; `T` is what those shapes describe. */
export function readOwnMessage<T extends object>(
  value: Uint8Array,
  shapes: Readonly<Record<string, Shape<T>>>,
): OwnMessageReading<T> {
  const read = readCloudEvent(value, MAX_MESSAGE_BYTES);
  if (!read.ok) return refused(read.reason, read.problems);
  const { id, source, type, time, data } = read.event;
  if (source !== OWN_SOURCE)
    return refused('not-a-cloud-event', [{ field: 'source', message: `must be ${OWN_SOURCE}` }]);
  const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (shape === undefined) {
    const message = `must be one of ${Object.keys(shapes).join(', ')}`;
    return refused('unknown-type', [{ field: 'type', message }]);
  }
  if (time === undefined) return refused('not-a-cloud-event', [{ field: 'time', message: 'is missing' }]);
  const problems = problemsIn(shape, data, 'data');
  if (problems.length > 0) return refused('invalid-field', problems);
  const known = shape.ignoresMore === true ? declaredOf(shape, data as object) : data;
  return { ok: true, type, meta: { id, time }, data: known as T };
}

function refused(kind: OwnMessageRefusal['kind'], problems: readonly Problem[]): OwnMessageRefusal {
  const lines = problems.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  return { ok: false, kind, reason: `${kind}: ${lines.join('; ')}` };
}

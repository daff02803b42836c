/** An event as it lies in the log: JSON, with nothing assumed about it. */
export interface StoredEvent {
  /** See `placeOf`. */
  readonly position: bigint;
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Money as it is stored: `{"minor":"1250","exponent":2,"currency":"USD"}` is 12.50 USD. */
export interface Amount {
  readonly minor: bigint;
  readonly exponent: number;
  readonly currency: string;
}

/** The stored JSON hasn't the shape that the events' documentation gives it. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

/**
 * A position's text as a number that stands for it: `1042`, or `1042/1000` (commit and prepare position) where an
 * event store tells the two apart.
 */
export function placeOf(text: string): bigint {
  const [commit = '', prepare] = text.split('/');
  return prepare === undefined ? BigInt(commit) : (BigInt(commit) << 64n) + BigInt(prepare);
}

export function textOf(event: StoredEvent, name: string): string {
  const value = event.data[name];
  return typeof value === 'string' ? value : malformed(event, name, 'text');
}

export function optionalText(event: StoredEvent, name: string): string | undefined {
  return event.data[name] === undefined ? undefined : textOf(event, name);
}

export function numberOf(event: StoredEvent, name: string): number {
  const value = event.data[name];
  return typeof value === 'number' ? value : malformed(event, name, 'a number');
}

export function objectOf(event: StoredEvent, name: string): Readonly<Record<string, unknown>> {
  const value = event.data[name];
  return isRecord(value) ? value : malformed(event, name, 'an object');
}

export function amountOf(event: StoredEvent, name: string): Amount {
  return readAmount(event.data[name]) ?? malformed(event, name, 'money');
}

export function optionalAmount(event: StoredEvent, name: string): Amount | undefined {
  return event.data[name] === undefined ? undefined : amountOf(event, name);
}

export function readAmount(value: unknown): Amount | undefined {
  if (!isRecord(value)) return undefined;
  const { minor, exponent, currency } = value;
  if (typeof minor !== 'string' || !/^-?\d+$/.test(minor)) return undefined;
  if (typeof exponent !== 'number' || typeof currency !== 'string') return undefined;
  return { minor: BigInt(minor), exponent, currency };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(event: StoredEvent, name: string, expected: string): never {
  throw new MalformedEventError(
    `${event.type} at position ${event.position} (${event.stream}): ${name} is not ${expected}`,
  );
}

import { currencyCode, exponentOf } from '../money/currency.js';
import type { Money } from '../money/money.js';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Stored data that can't be read: the reader stops, it never skips or guesses (guarantee G17). */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

/** How one value is stored and read back. `decode` throws `UnreadableEventError` that names the path. */
export interface Field<T> {
  encode(value: T): Json;
  decode(json: Json, path: string): T;
}

/** A field that may be absent; it is left out of the JSON when it is. */
export interface OptionalField<T> {
  readonly optional: Field<T>;
}

/** A field whose type nobody asks for. */
interface SomeField {
  encode(value: never): Json;
  decode(json: Json, path: string): unknown;
}
interface SomeOptional {
  readonly optional: SomeField;
}
interface SomeShape extends SomeField {
  encode(value: never): JsonObject;
}
export type Fields = Readonly<Record<string, SomeField | SomeOptional>>;

type ValueOf<F> = F extends { decode(json: Json, path: string): infer T } ? T : never;
type OptionalKeys<S extends Fields> = { [K in keyof S]: S[K] extends SomeOptional ? K : never }[keyof S];
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** The type that a shape reads and writes. */
export type ShapeOf<S extends Fields> = Flat<
  { [K in Exclude<keyof S, OptionalKeys<S>>]: ValueOf<S[K]> } & {
    [K in OptionalKeys<S>]?: S[K] extends { readonly optional: infer F } ? ValueOf<F> : never;
  }
>;

export interface Shape<T> extends Field<T> {
  encode(value: T): JsonObject;
}

function unreadable(path: string, expected: string, json: Json | undefined): never {
  const seen =
    json === undefined ? 'nothing' : Array.isArray(json) ? 'a list' : json === null ? 'null' : typeof json;
  throw new UnreadableEventError(`${path}: expected ${expected}, found ${seen}`);
}

/** An object with exactly these fields: a missing or an unknown one is refused. */
export function shape<S extends Fields>(fields: S): Shape<ShapeOf<S>> {
  const entries = Object.entries(fields) as readonly (readonly [string, SomeField | SomeOptional])[];
  const known = new Set(Object.keys(fields));
  return {
    encode(value) {
      const source = value as Readonly<Record<string, unknown>>;
      const out: Record<string, Json> = {};
      for (const [name, field] of entries) {
        const part = source[name];
        if ('optional' in field) {
          if (part !== undefined) out[name] = field.optional.encode(part as never);
        } else {
          out[name] = field.encode(part as never);
        }
      }
      return out;
    },
    decode(json, path) {
      if (!isObject(json)) return unreadable(path, 'an object', json);
      for (const name of Object.keys(json)) {
        if (!known.has(name))
          throw new UnreadableEventError(`${path}.${name}: a field that this version doesn't know`);
      }
      const out: Record<string, unknown> = {};
      for (const [name, field] of entries) {
        const part = json[name];
        if ('optional' in field) {
          if (part !== undefined) out[name] = field.optional.decode(part, `${path}.${name}`);
        } else {
          if (part === undefined) return unreadable(`${path}.${name}`, 'a value', part);
          out[name] = field.decode(part, `${path}.${name}`);
        }
      }
      return out as ShapeOf<S>;
    },
  };
}

export function optional<T>(field: Field<T>): OptionalField<T> {
  return { optional: field };
}

export const text: Field<string> = {
  encode: (value) => value,
  decode: (json, path) => (typeof json === 'string' ? json : unreadable(path, 'text', json)),
};

export const flag: Field<boolean> = {
  encode: (value) => value,
  decode: (json, path) => (typeof json === 'boolean' ? json : unreadable(path, 'true or false', json)),
};

/** A small whole number: attempts, sends. Never money. */
export const count: Field<number> = {
  encode: (value) => value,
  decode: (json, path) =>
    typeof json === 'number' && Number.isSafeInteger(json) && json >= 0
      ? json
      : unreadable(path, 'a whole number', json),
};

/** Text that a reader such as `payoutId` turns into a branded type. */
export function branded<T extends string>(read: (value: string) => T): Field<T> {
  return {
    encode: (value) => value,
    decode(json, path) {
      const plain = text.decode(json, path);
      try {
        return read(plain);
      } catch (error) {
        throw new UnreadableEventError(`${path}: ${error instanceof Error ? error.message : 'unreadable'}`, {
          cause: error,
        });
      }
    },
  };
}

/** One of a closed set of words. */
export function word<const W extends readonly string[]>(...words: W): Field<W[number]> {
  return {
    encode: (value) => value,
    decode: (json, path) =>
      typeof json === 'string' && words.includes(json)
        ? json
        : unreadable(path, `one of ${words.join(', ')}`, json),
  };
}

/** RFC 3339 text in UTC, kept as milliseconds since the epoch. */
export const instant: Field<number> = {
  encode: (value) => new Date(value).toISOString(),
  decode(json, path) {
    const plain = text.decode(json, path);
    const at = Date.parse(plain);
    if (Number.isNaN(at) || new Date(at).toISOString() !== plain)
      return unreadable(path, 'a UTC time with milliseconds', json);
    return at;
  },
};

/** Money of any sign: `{"minor":"1250","exponent":2,"currency":"USD"}`, so that it can be read without our tables. */
export const moneyField: Field<Money> = {
  encode: (value) => ({
    minor: value.minor.toString(),
    exponent: exponentOf(value.currency),
    currency: value.currency,
  }),
  decode(json, path) {
    const raw = rawMoney.decode(json, path);
    if (!/^(0|-?[1-9][0-9]*)$/.test(raw.minor))
      return unreadable(`${path}.minor`, 'whole minor units', raw.minor);
    if (exponentOf(raw.currency) !== raw.exponent) {
      throw new UnreadableEventError(
        `${path}: ${raw.currency} was stored with ${raw.exponent} decimals, the table says otherwise`,
      );
    }
    return { minor: BigInt(raw.minor), currency: raw.currency };
  },
};

const rawMoney = shape({ minor: text, exponent: count, currency: branded(currencyCode) });

/** A union told apart by the field `kind`. */
export function kinds<S extends Readonly<Record<string, SomeShape>>>(
  shapes: S,
): Field<{ [K in keyof S & string]: Flat<{ kind: K } & ValueOf<S[K]>> }[keyof S & string]> {
  type Union = { [K in keyof S & string]: Flat<{ kind: K } & ValueOf<S[K]>> }[keyof S & string];
  return {
    encode(value) {
      const { kind, ...rest } = value as { readonly kind: string };
      return { kind, ...shapeOf(kind, 'kind').encode(rest as never) };
    },
    decode(json, path) {
      if (!isObject(json)) return unreadable(path, 'an object', json);
      const { kind, ...rest } = json;
      if (typeof kind !== 'string') return unreadable(`${path}.kind`, 'text', kind);
      return { kind, ...(shapeOf(kind, path).decode(rest, path) as object) } as Union;
    },
  };
  function shapeOf(kind: string, path: string): SomeShape {
    const found = Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
    if (found === undefined) throw new UnreadableEventError(`${path}: unknown kind ${JSON.stringify(kind)}`);
    return found;
  }
}

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

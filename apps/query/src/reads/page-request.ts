import { isPositionKey } from '#read-models/position-key';
import type { FieldProblem } from '#platform/problem/problem-details';
import { invalidRequest } from '../problem/problems.js';

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

/** The query string as Fastify reads it. */
export type QueryString = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Each known parameter's reader: undefined says that the text isn't of its form. */
export type Readers = Readonly<
  Record<string, { readonly must: string; readonly read: (text: string) => unknown }>
>;

type Values<R extends Readers> = { readonly [K in keyof R]?: NonNullable<ReturnType<R[K]['read']>> };

export const PAGE_READERS = {
  limit: {
    must: `must be a whole number from 1 to ${MAX_LIMIT}`,
    read: (text: string) =>
      /^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= MAX_LIMIT ? Number(text) : undefined,
  },
  cursor: { must: 'must be a cursor that this service gave', read: readCursor },
} as const satisfies Readers;

/** The parameters that are there, read. Throws a `ProblemException` that names all that are wrong or unknown. */
export function readQuery<R extends Readers>(query: QueryString, readers: R): Values<R> {
  const problems: FieldProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [field, sent] of Object.entries(query)) {
    const reader = Object.hasOwn(readers, field) ? readers[field] : undefined;
    if (reader === undefined) {
      problems.push({
        field: field.slice(0, 64),
        message: `is unknown: use ${Object.keys(readers).join(', ')}`,
      });
      continue;
    }
    const value = typeof sent === 'string' ? reader.read(sent) : undefined;
    if (value === undefined) problems.push({ field, message: reader.must });
    else values[field] = value;
  }
  if (problems.length > 0) throw invalidRequest(problems);
  return values as Values<R>;
}

/** A page's end, as the opaque text that callers give back. */
export function printCursor(openedKey: string): string {
  return Buffer.from(openedKey, 'latin1').toString('base64url');
}

function readCursor(text: string): string | undefined {
  const key = Buffer.from(text, 'base64url').toString('latin1');
  return isPositionKey(key) && printCursor(key) === text ? key : undefined;
}

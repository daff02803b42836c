import { DELETED_REVISION } from './stored-event.js';

/** Roles per right. An absent right falls back to the default of the server. */
export interface AccessList {
  readonly $r?: readonly string[];
  readonly $w?: readonly string[];
  readonly $d?: readonly string[];
  readonly $mr?: readonly string[];
  readonly $mw?: readonly string[];
}
export type Right = keyof AccessList;

export interface StreamMetadata {
  readonly maxCount?: number;
  readonly maxAgeMs?: number;
  readonly truncateBefore?: bigint;
  readonly softDeleted: boolean;
  readonly acl?: AccessList;
}

export const NO_METADATA: StreamMetadata = { softDeleted: false };

/** The value of a JSON object's field, whatever the rest holds. */
export function parseObject(data: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  if (data === undefined || data.length === 0) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  } catch {
    return {};
  }
}

const RIGHTS: readonly Right[] = ['$r', '$w', '$d', '$mr', '$mw'];

export function parseAccessList(value: unknown): AccessList | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  const list: Partial<Record<Right, readonly string[]>> = {};
  for (const right of RIGHTS) {
    const roles = given[right];
    if (typeof roles === 'string') list[right] = [roles];
    else if (Array.isArray(roles)) list[right] = roles.filter((role) => typeof role === 'string');
  }
  return list;
}

/** Past 2^53 JSON.parse rounds, and 2^63 - 1 becomes 2^63: whatever is that large means "deleted". */
const DELETED_FROM = Number(DELETED_REVISION / 2n);

export function parseStreamMetadata(data: Uint8Array | undefined): StreamMetadata {
  const fields = parseObject(data);
  const { $maxCount, $maxAge, $tb, $acl } = fields;
  const acl = parseAccessList($acl);
  const softDeleted = typeof $tb === 'number' && $tb >= DELETED_FROM;
  return {
    softDeleted,
    ...(typeof $maxCount === 'number' ? { maxCount: $maxCount } : {}),
    ...(typeof $maxAge === 'number' ? { maxAgeMs: $maxAge * 1000 } : {}),
    ...(typeof $tb === 'number' && !softDeleted ? { truncateBefore: BigInt(Math.trunc($tb)) } : {}),
    ...(acl === undefined ? {} : { acl }),
  };
}

/** The same metadata with another `$tb`; the number is written as text, since it need not fit a JSON number of ours. */
export function withTruncateBefore(data: Uint8Array | undefined, revision: bigint): Uint8Array {
  const { $tb: _before, ...rest } = parseObject(data);
  const text = JSON.stringify(rest);
  const separator = text === '{}' ? '' : ',';
  return Buffer.from(`${text.slice(0, -1)}${separator}"$tb":${revision}}`, 'utf8');
}

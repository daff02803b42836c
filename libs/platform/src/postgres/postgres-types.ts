import { types, type CustomTypesConfig } from 'pg';

const INT8 = types.builtins.INT8;

/** Whole numbers come as numbers, as SQLite's do; one that a number can't hold is an error, not another number. */
export const POSTGRES_TYPES: CustomTypesConfig = {
  getTypeParser(type, format): (text: string) => unknown {
    if (type === INT8 && format !== 'binary') return readInteger;
    return types.getTypeParser(type, format) as (text: string) => unknown;
  },
};

/**
 * PostgreSQL's text can't hold U+0000; SQLite's can. It comes from nobody's keyboard, and a table for readers must not
 * stop for it: it is stored as U+FFFD.
 */
export function parameter(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
  return Array.isArray(value) ? value.map(parameter) : value;
}

function readInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`);
  return value;
}

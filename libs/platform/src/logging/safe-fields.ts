import type { LogFields } from './logger.js';

const WITHHELD = '[withheld]';
const DEEPEST = 6;
const LONGEST_TEXT = 4_000;
const MOST_ENTRIES = 100;

/** Keys whose values are never logged, wherever they stand: compared in lower case, without `_` and `-`. */
const WITHHELD_KEYS = new Set([
  ...[
    'beneficiary',
    'payee',
    'recipient',
    'holdername',
    'accountname',
    'accountholder',
    'fullname',
    'firstname',
    'lastname',
  ],
  ...[
    'accountnumber',
    'accountno',
    'iban',
    'bankaccount',
    'cardnumber',
    'wallet',
    'walletaddress',
    'address',
    'methodid',
  ],
  ...['phone', 'phonenumber', 'mobile', 'email', 'document', 'documentnumber', 'identitydocument'],
  ...[
    'authorization',
    'proxyauthorization',
    'cookie',
    'setcookie',
    'xapikey',
    'apikey',
    'appkey',
    'accesskey',
  ],
  ...[
    'secret',
    'secretkey',
    'clientsecret',
    'password',
    'token',
    'accesstoken',
    'refreshtoken',
    'privatekey',
  ],
  ...['masterkey', 'key', 'signature', 'sign', 'body', 'rawbody', 'plain', 'evidence'],
]);

/** The fields as plain JSON values: personal and secret ones withheld, errors with their causes, bytes by their length. */
export function safeFields(fields: LogFields): Record<string, unknown> {
  return safeObject(fields, 0);
}

function safeValue(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
    case 'bigint':
      return value.toString();
    case 'number':
    case 'boolean':
    case 'undefined':
      return value;
    case 'symbol':
    case 'function':
      return `[${typeof value}]`;
    case 'object':
      return value === null ? null : safeReference(value, depth);
  }
}

function safeReference(value: object, depth: number): unknown {
  // Depth also ends cycles.
  if (depth >= DEEPEST) return '[too deep]';
  if (value instanceof Error) return safeError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value) || value instanceof Set) {
    return [...(value as Iterable<unknown>)].slice(0, MOST_ENTRIES).map((item) => safeValue(item, depth + 1));
  }
  return safeObject(value instanceof Map ? (Object.fromEntries(value) as object) : value, depth);
}

function safeObject(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_ENTRIES)
      .map(([key, item]) => [key, isWithheld(key, item) ? WITHHELD : safeValue(item, depth + 1)]),
  );
}

function isWithheld(key: string, value: unknown): boolean {
  return value !== undefined && value !== null && WITHHELD_KEYS.has(key.toLowerCase().replace(/[-_]/g, ''));
}

/**
 * Name, message, code, where it was thrown, and causes. A syntax error's message is left out: JSON.parse quotes the
 * text that it failed on.
 */
function safeError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: safeValue(error.cause, depth + 1) };
  const errors = error instanceof AggregateError ? { errors: safeValue(error.errors, depth + 1) } : {};
  return {
    name: error.name,
    message: error instanceof SyntaxError ? WITHHELD : safeValue(error.message, depth),
    ...code,
    // The frames alone: the lines before them repeat the message.
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .map((line) => line.trim()),
    ...cause,
    ...errors,
  };
}

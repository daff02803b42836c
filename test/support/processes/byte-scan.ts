import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Where a value was found, and in which form. */
export interface Leak {
  readonly where: string;
  readonly canary: string;
  readonly form: string;
}

interface Pattern {
  readonly canary: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Looks for values in all the forms in which a program may have written them down without meaning to. */
export class ByteScan {
  readonly leaks: Leak[] = [];
  readonly scanned: string[] = [];
  readonly #patterns: readonly Pattern[];

  constructor(canaries: Readonly<Record<string, string>>) {
    this.#patterns = Object.entries(canaries).flatMap(([name, value]) => formsOf(name, value));
  }

  bytes(where: string, content: Uint8Array | string): void {
    const haystack = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
    this.scanned.push(where);
    for (const { canary, form, bytes } of this.#patterns)
      if (haystack.includes(bytes)) this.leaks.push({ where, canary, form });
  }

  /** Every file below the folder. */
  folder(path: string): void {
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile()) this.bytes(relative(path, file), readFileSync(file));
    }
  }
}

function formsOf(canary: string, value: string): readonly Pattern[] {
  const utf8 = Buffer.from(value);
  const escaped = JSON.stringify(value).slice(1, -1);
  const ascii = escaped.replace(
    /[^\x20-\x7e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const texts: Readonly<Record<string, string>> = {
    'JSON text': escaped,
    'JSON text in JSON text': JSON.stringify(escaped).slice(1, -1),
    'JSON text of ASCII only': ascii,
    'address part': encodeURIComponent(value),
    'hexadecimal digits': utf8.toString('hex'),
    'upper-case hexadecimal digits': utf8.toString('hex').toUpperCase(),
    'lower case': value.toLowerCase(),
    'upper case': value.toUpperCase(),
    ...base64Forms('Base64', utf8, 'base64'),
    ...base64Forms('Base64 for addresses', utf8, 'base64url'),
    ...base64Forms('Base64 of JSON text', Buffer.from(escaped), 'base64'),
  };
  return [
    { canary, form: 'as it is', bytes: utf8 },
    { canary, form: 'UTF-16', bytes: Buffer.from(value, 'utf16le') },
    ...Object.entries(texts).map(([form, text]) => ({ canary, form, bytes: Buffer.from(text) })),
  ];
}

/** What of its Base64 is the same whatever stands around it, for each of the three ways in which it may fall. */
function base64Forms(
  name: string,
  bytes: Buffer,
  encoding: 'base64' | 'base64url',
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [0, 1, 2].map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), bytes])
        .toString(encoding)
        .replace(/=+$/, '');
      const first = Math.ceil((before * 8) / 6);
      const whole = Math.floor(((before + bytes.length) * 8) / 6);
      return [`${name}, ${before} bytes on`, text.slice(first, whole)];
    }),
  );
}

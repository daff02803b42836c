import { shownName } from './shown-name.js';

export type JsonReading =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly remedy: string };

const MAX_DEPTH = 20;

/**
 * Reads JSON that has one meaning only (guarantee G31): UTF-8 without a byte order mark, one value and nothing after it,
 * no field twice in an object, no field that every JavaScript object has (`__proto__`, `constructor`), no lone
 * surrogate, at most 20 levels. Numbers become `number`: no contract here has one, so that no digit can be lost.
 */
export function readStrictJson(bytes: Uint8Array): JsonReading {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { ok: false, remedy: 'send it without a byte order mark' };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const remedy = ambiguityIn(text);
    return remedy === undefined ? { ok: true, value } : { ok: false, remedy };
  } catch (error) {
    // The parser's own message quotes the text.
    return {
      ok: false,
      remedy: error instanceof SyntaxError ? 'send one well-formed JSON value' : 'send it as UTF-8',
    };
  }
}

/** Walks the tokens of well-formed JSON text; says what makes it ambiguous. */
function ambiguityIn(text: string): string | undefined {
  /** Field names of each open object; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let expectsName = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charAt(at)) {
      case '{':
      case '[':
        open.push(text[at] === '{' ? new Set() : undefined);
        expectsName = text[at] === '{';
        if (open.length > MAX_DEPTH) return `nest at most ${MAX_DEPTH} levels`;
        break;
      case '}':
      case ']':
        open.pop();
        expectsName = false;
        break;
      case ',':
        expectsName = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(text, at);
        const content = JSON.parse(text.slice(at, end + 1)) as string;
        if (!content.isWellFormed()) return 'send no half of a surrogate pair';
        const names = expectsName ? open.at(-1) : undefined;
        if (names?.has(content) === true) return `send the field "${shownName(content)}" once`;
        if (names !== undefined && content in Object.prototype)
          return `don't send a field "${shownName(content)}"`;
        names?.add(content);
        expectsName = false;
        at = end;
        break;
      }
      default:
        break;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

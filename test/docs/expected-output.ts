import assert from 'node:assert/strict';

/** Fields whose values are others in every run: only that there is some text is compared. */
const VOLATILE: ReadonlySet<string> = new Set(['id', 'time', 'position', 'revision', 'message']);
const LEFT_OUT = '…';

/**
 * Compares a JSON answer with the one on the page. The page may leave out fields, if it says so with a field `…`, and
 * the value of a field by `"…"`.
 */
export function assertJsonAnswer(actual: unknown, shown: unknown, path = 'answer'): void {
  if (shown === LEFT_OUT) return;
  if (Array.isArray(shown) && Array.isArray(actual)) {
    assert.equal(actual.length, shown.length, `${path} has as many entries`);
    for (const [index, entry] of shown.entries()) assertJsonAnswer(actual[index], entry, `${path}[${index}]`);
    return;
  }
  if (!isObject(shown) || !isObject(actual)) {
    assert.deepEqual(actual, shown, path);
    return;
  }
  const { [LEFT_OUT]: leftOut, ...fields } = shown;
  if (leftOut === undefined) assert.deepEqual(Object.keys(actual).sort(), Object.keys(fields).sort(), path);
  for (const [name, value] of Object.entries(fields)) {
    if (VOLATILE.has(name)) assert.equal(typeof actual[name], typeof value, `${path}.${name}`);
    else assertJsonAnswer(actual[name], value, `${path}.${name}`);
  }
}

/**
 * Compares printed lines with those on the page, in order. A line `…` stands for lines left out. Times, whole numbers
 * (positions, counts) and the width of gaps may be others; amounts, ids and words may not.
 */
export function assertTextAnswer(actual: string, shown: string): void {
  const lines = actual.trim().split('\n').map(normal);
  const wanted = shown.trim().split('\n');
  let at = 0;
  let anywhere = false;
  for (const line of wanted) {
    if (line.trim() === LEFT_OUT) {
      anywhere = true;
      continue;
    }
    const found: number = anywhere ? lines.indexOf(normal(line), at) : at;
    assert.ok(found >= 0, `no line ${JSON.stringify(line)} in:\n${actual}`);
    assert.equal(lines[found], normal(line), actual);
    at = found + 1;
    anywhere = false;
  }
  if (!anywhere) assert.equal(at, lines.length, `the page ends before the output does:\n${actual}`);
}

function normal(line: string): string {
  return line
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/(?<![\w.-])\d{1,5}(?![\w.-])/g, '<n>')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

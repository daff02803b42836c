import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from './fields.js';
import { decodeEvent, encodeEvent, EVENT_TYPES, isEventType, versionOf } from './stored-event.js';

/** From `dist/libs/domain/src/codec/`, where this runs, to the files in the source tree. */
const FOLDER = new URL('../../../../../libs/domain/golden/', import.meta.url);

/** `<Type>.v<version>.json`, and `<Type>.v<version>.<variant>.json` where an event has more than one form. */
const NAME = /^(?<type>[A-Za-z]+)\.v(?<version>[1-9][0-9]*)(?:\.(?<variant>[a-z-]+))?\.json$/;

interface Golden {
  readonly type: string;
  readonly version: number;
  readonly data: JsonObject;
}

const files = readdirSync(FOLDER).sort();
const goldens = files.map((file) => {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  return { file, text, golden: JSON.parse(text) as Golden };
});

const printed = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

describe('golden files: what is stored today must be readable for ever', () => {
  it('there is one for every event type and every version ever written, and no other', () => {
    const expected = EVENT_TYPES.flatMap((type) =>
      Array.from({ length: versionOf(type) }, (_, i) => `${type}.v${i + 1}.json`),
    );
    const plain = files.filter((file) => NAME.exec(file)?.groups?.['variant'] === undefined);
    assert.deepEqual(plain, [...expected].sort());
    for (const file of files) {
      const { type = '', version = '' } = NAME.exec(file)?.groups ?? {};
      assert.ok(plain.includes(`${type}.v${version}.json`), `${file} is no golden file of ours`);
    }
  });

  for (const { file, text, golden } of goldens) {
    it(`${file} is read, and written again byte for byte`, () => {
      assert.ok(isEventType(golden.type));
      assert.ok(file.startsWith(`${golden.type}.v${golden.version}.`));
      const event = decodeEvent({ type: golden.type, data: golden.data }, golden.version);
      assert.equal(event.type, golden.type);
      const again = encodeEvent(event);
      assert.equal(again.version, versionOf(golden.type));
      // An older version is written as the present one; what it says is then pinned by that one's golden file.
      if (golden.version === again.version) assert.equal(printed(again), text);
    });
  }
});

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { EVENT_TYPES } from './codec/stored-event.js';

/** From `dist/libs/domain/src/`, where this runs, to the root of the source tree. */
const ROOT = new URL('../../../../', import.meta.url);
const GOLDEN = new URL('libs/domain/golden/', ROOT);

interface Section {
  readonly type: string;
  readonly writers: string | undefined;
  /** Field names as on the page, with whether the page calls them money. */
  readonly fields: ReadonlyMap<string, boolean>;
}

const sections = readFileSync(new URL('docs/events.md', ROOT), 'utf8')
  .split(/^### /m)
  .slice(1)
  .map((text): Section => {
    const type = /^`(\w+)`\n/.exec(text)?.[1] ?? '';
    const [list = ''] = (text.split('\nFields: ')[1] ?? '').split('\n\n', 1);
    const fields = [...list.matchAll(/`(\w+)\??`(?:\s+\(([^)]*)\))?/g)].map(
      ([, name = '', note = '']): [string, boolean] => [name, note.startsWith('money')],
    );
    // A field's note may name another event's type, which is no field.
    const own = fields.filter(([name]) => !(EVENT_TYPES as readonly string[]).includes(name));
    return { type, writers: /^Written by: (.+)$/m.exec(text)?.[1], fields: new Map(own) };
  });

/** The fields of a type in all its golden files, with whether they hold money. */
function stored(type: string): ReadonlyMap<string, boolean> {
  const fields = new Map<string, boolean>();
  for (const file of readdirSync(GOLDEN).filter((name) => name.startsWith(`${type}.v`))) {
    const { data } = JSON.parse(readFileSync(new URL(file, GOLDEN), 'utf8')) as { data: object };
    for (const [name, value] of Object.entries(data)) {
      fields.set(name, typeof value === 'object' && value !== null && 'minor' in value);
    }
  }
  return fields;
}

describe('docs/events.md', () => {
  it('names exactly the event types of the code, each once', () => {
    assert.deepEqual(sections.map(({ type }) => type).sort(), [...EVENT_TYPES].sort());
  });

  for (const { type, writers, fields } of sections) {
    it(`${type}: names its fields, its money, and who writes it`, () => {
      assert.deepEqual(new Map([...fields].sort()), new Map([...stored(type)].sort()));
      assert.ok((writers ?? '').length > 0);
    });
  }
});

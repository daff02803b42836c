import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Direction } from '#messaging/contracts/catalogue';
import type { JsonSchema } from '#messaging/contracts/json-schema';
import { breaksIn, withoutAnnotations } from './compatibility.js';
import { publishedBreaks, SCHEMAS } from './contract-files.js';

const text = (more: object = {}): JsonSchema => ({ type: 'string', ...more });
const kind = (name: string, more: object = {}): JsonSchema => ({
  type: 'object',
  properties: { kind: { type: 'string', const: name }, ...more },
  required: ['kind'],
  additionalProperties: false,
});

const CLOSED: JsonSchema = {
  type: 'object',
  properties: {
    name: text({ minLength: 1, maxLength: 10, pattern: '^a' }),
    status: text({ enum: ['a', 'b'] }),
    who: { oneOf: [kind('x'), kind('y', { y: text() })] },
    note: text(),
  },
  required: ['name', 'status'],
  additionalProperties: false,
};
const { additionalProperties: _, ...OPEN } = CLOSED;

type Allowed = Readonly<Record<Direction, boolean>>;
const TAKES_MORE: Allowed = { in: true, out: false, both: false };
const SENDS_LESS: Allowed = { in: false, out: true, both: false };
const NOBODY_SEES: Allowed = { in: true, out: true, both: true };
const BREAKS: Allowed = { in: false, out: false, both: false };

function withField(schema: JsonSchema, name: string, field: JsonSchema): JsonSchema {
  return { ...schema, properties: { ...(schema['properties'] as object), [name]: field } };
}

function withoutField(schema: JsonSchema, name: string): JsonSchema {
  const { [name]: _gone, ...properties } = schema['properties'] as Record<string, JsonSchema>;
  return { ...schema, properties };
}

describe('a change of a published message', () => {
  const changes: [string, JsonSchema, JsonSchema, Allowed][] = [
    ['none', CLOSED, CLOSED, NOBODY_SEES],
    ['another description', CLOSED, { ...CLOSED, description: 'x', title: 'y' }, NOBODY_SEES],
    ['an optional field more', CLOSED, withField(CLOSED, 'more', text()), TAKES_MORE],
    ['an optional field more, where readers pass it over', OPEN, withField(OPEN, 'more', text()), SENDS_LESS],
    [
      'a required field more',
      CLOSED,
      { ...withField(CLOSED, 'more', text()), required: ['name', 'status', 'more'] },
      BREAKS,
    ],
    ['a field less', CLOSED, withoutField(CLOSED, 'note'), SENDS_LESS],
    ['a field less, where it may come with anything in it', OPEN, withoutField(OPEN, 'note'), TAKES_MORE],
    ['a required field that is optional now', CLOSED, { ...CLOSED, required: ['name'] }, TAKES_MORE],
    [
      'an optional field that is required now',
      CLOSED,
      { ...CLOSED, required: ['name', 'status', 'note'] },
      SENDS_LESS,
    ],
    [
      'a longer text',
      CLOSED,
      withField(CLOSED, 'name', text({ minLength: 1, maxLength: 11, pattern: '^a' })),
      TAKES_MORE,
    ],
    [
      'a shorter text',
      CLOSED,
      withField(CLOSED, 'name', text({ minLength: 1, maxLength: 9, pattern: '^a' })),
      SENDS_LESS,
    ],
    [
      'no bound any more',
      CLOSED,
      withField(CLOSED, 'name', text({ minLength: 1, pattern: '^a' })),
      TAKES_MORE,
    ],
    [
      'a text that may be empty',
      CLOSED,
      withField(CLOSED, 'name', text({ maxLength: 10, pattern: '^a' })),
      TAKES_MORE,
    ],
    [
      'another pattern',
      CLOSED,
      withField(CLOSED, 'name', text({ minLength: 1, maxLength: 10, pattern: '^b' })),
      BREAKS,
    ],
    ['a new pattern', CLOSED, withField(CLOSED, 'note', text({ pattern: '^b' })), SENDS_LESS],
    ['a word more', CLOSED, withField(CLOSED, 'status', text({ enum: ['a', 'b', 'c'] })), TAKES_MORE],
    ['a word less', CLOSED, withField(CLOSED, 'status', text({ enum: ['a'] })), SENDS_LESS],
    ['one word only', CLOSED, withField(CLOSED, 'status', text({ const: 'b' })), SENDS_LESS],
    ['any word', CLOSED, withField(CLOSED, 'status', text()), TAKES_MORE],
    ['another type', CLOSED, withField(CLOSED, 'note', { type: 'integer' }), BREAKS],
    ['fields that are passed over from now on', CLOSED, OPEN, TAKES_MORE],
    [
      'a kind more',
      CLOSED,
      withField(CLOSED, 'who', { oneOf: [kind('x'), kind('y', { y: text() }), kind('z')] }),
      TAKES_MORE,
    ],
    ['a kind less', CLOSED, withField(CLOSED, 'who', { oneOf: [kind('x')] }), SENDS_LESS],
    [
      'a field more in a kind',
      CLOSED,
      withField(CLOSED, 'who', { oneOf: [kind('x', { x: text() }), kind('y', { y: text() })] }),
      TAKES_MORE,
    ],
    ['a keyword that the comparison does not know', CLOSED, { ...CLOSED, minProperties: 1 }, SENDS_LESS],
    [
      'other names of further fields',
      { ...OPEN, propertyNames: { pattern: '^a' } },
      { ...OPEN, propertyNames: { pattern: '^b' } },
      BREAKS,
    ],
    [
      'other values of further fields',
      { ...OPEN, additionalProperties: { type: 'string' } },
      { ...OPEN, additionalProperties: { type: 'string', maxLength: 5 } },
      SENDS_LESS,
    ],
  ];
  for (const [what, before, after, allowed] of changes) {
    for (const direction of ['in', 'out', 'both'] as const) {
      it(`${what}: ${allowed[direction] ? 'may be made' : 'needs a new version'} (${direction})`, () => {
        const breaks = breaksIn(withoutAnnotations(before), withoutAnnotations(after), direction);
        assert.equal(breaks.length === 0, allowed[direction], breaks.join('\n') || 'nothing found');
      });
    }
  }

  it('names the message, the place and the remedy', () => {
    const [first] = SCHEMAS;
    assert.ok(first);
    const frozen = withoutAnnotations(first.schema);
    const properties = frozen['properties'] as Readonly<Record<string, JsonSchema>>;
    const earlier = { ...frozen, properties: { ...properties, id: { type: 'string' } } };
    const [line = '', ...others] = publishedBreaks({ [first.name]: earlier });
    assert.deepEqual(others, []);
    assert.match(
      line,
      /^payout\.command\.RequestPayout\.v1: .*refused now: id: another pattern\. Make a new version/,
    );
  });

  it('is found when a message is dropped', () => {
    assert.match(publishedBreaks({ 'payout.reply.v0': {} }).join(), /^payout\.reply\.v0 is published/);
  });
});

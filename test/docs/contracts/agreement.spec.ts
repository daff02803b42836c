import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readCallbackMessage } from '#messaging/contracts/callbacks.v1';
import { readCommand } from '#messaging/contracts/commands.v1';
import { readPublicEvent } from '#messaging/contracts/events.v1';
import { readReply } from '#messaging/contracts/replies.v1';
import { EXAMPLES } from './examples.js';
import { publishedValidator } from './validators.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Path = readonly (string | number)[];

function readerOf(type: string): (value: Uint8Array) => boolean {
  if (type.startsWith('payout.command.')) return (value) => readCommand(value).ok;
  if (type.startsWith('payout.reply.')) return (value) => readReply(value).ok;
  if (type.startsWith('payout.event.')) return (value) => readPublicEvent(value).ok;
  return (value) => readCallbackMessage(value).ok;
}

/** Every place of a message, and of each object one more: a field that it doesn't have. */
function pathsOf(value: Json, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, part]) => pathsOf(part, [...path, name]));
  return [path, ...inner, [...path, 'more']];
}

function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The message with another value at the place; `undefined` leaves it out. */
function changed(value: Json, [name, ...rest]: Path, to: Json | undefined): Json | undefined {
  if (name === undefined) return to;
  if (!isObject(value)) return value;
  const inner = changed(value[name] ?? null, rest, to);
  const { [name]: _, ...others } = value;
  return inner === undefined ? others : { ...others, [name]: inner };
}

/** Fields that a message may have and its example hasn't. */
const MORE_FIELDS: Readonly<Record<string, Json>> = {
  'payout.reply.v1': { reason: 'r', message: 'm', instructionId: 'i' },
  'payout.command.RequestPayout.v1': {
    beneficiary: {
      kind: 'bank-account',
      holderName: 'A',
      accountNumber: '1',
      bankCode: 'B',
      bankName: 'Bank',
      branch: 'Main',
      accountType: 'savings',
      document: { type: 'passport', number: 'N1' },
      phone: '+85512345678',
      email: 'a@example.com',
    },
  },
  'payout.callback.v1': { pathToken: 'tok' },
};

/** Texts at the edges of what some field allows. */
const EDGES: readonly string[] = [
  '',
  ' ',
  'a',
  'a\n',
  'a\u0000',
  'a\u2028',
  'a\u0085b',
  'é',
  'two words',
  '-x',
  'x'.repeat(64),
  'x'.repeat(65),
  ...[32, 80, 128, 140, 256, 500].flatMap((length) => [
    'y'.repeat(length),
    '𐍈'.repeat(length),
    'y'.repeat(length + 1),
  ]),
  '0190a7de-7bb5-5c2f-8d3e-4b1f3a5c7d9e',
  '0190A7DE-7bb5-5c2f-8d3e-4b1f3a5c7d9e',
  '12.50',
  '-3',
  '1e3',
  '0.1234567890123456789',
  '17/16',
  '017',
  '99999999999999999999',
  'goldenpay',
  'succeeded',
  'accepted',
  'paid',
  'bank-account',
  'crypto-wallet',
  'passport',
  'constructor',
  '+85512345678',
  '+8551',
  'a@example.com',
  'a@b@c',
  '𐍈@example.com',
  `${'𐍈'.repeat(64)}@example.com`,
  'YQ==',
  'YQ=',
  '1.0',
  'payout-ledger',
  'application/json',
  'Application/JSON; charset=utf-8',
  'application/json;charset=UTF-8',
  'text/json',
  '2026-01-15T12:00:00Z',
  '2026-01-15T12:00:00.123456789+07:00',
  '2026-01-15t12:00:00z',
  '2026-02-29T12:00:00Z',
  '2028-02-29T12:00:00Z',
  '2100-02-29T12:00:00Z',
  '2026-04-31T12:00:00Z',
  '2026-01-15T24:00:00Z',
  '2026-01-15T23:59:60Z',
  '2026-01-15T12:00:00',
  '2026-01-15T12:00:00+24:00',
  '0000-01-01T00:00:00.000Z',
];

/** A name that every JavaScript object has is refused as JSON that has two meanings, which a schema can't say. */
const NAMES = fc
  .oneof(fc.stringMatching(/^[a-zA-Z0-9_]{0,22}$/), fc.string({ unit: 'binary', maxLength: 8 }))
  .filter((name) => !(name in Object.prototype));
/** Without halves of surrogate pairs, of which the same is true. */
const TEXTS = fc.oneof(fc.constantFrom(...EDGES), fc.string({ unit: 'binary' }), fc.string());
const SCALARS: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: TEXTS },
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const VALUES: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: SCALARS },
  fc.array(SCALARS, { maxLength: 3 }),
  fc.dictionary(NAMES, SCALARS, { maxKeys: 3, noNullPrototype: true }),
);

describe('the readers and the published schemas', () => {
  for (const { type, value } of EXAMPLES) {
    const example = JSON.parse(new TextDecoder().decode(value)) as Readonly<Record<string, Json>>;
    const data = example['data'];
    const more = MORE_FIELDS[type];
    const full = isObject(data) && isObject(more) ? { ...example, data: { ...data, ...more } } : example;
    const validate = publishedValidator(type);
    const reads = readerOf(type);
    const agree = (message: Json | undefined): boolean => {
      const text = JSON.stringify(message) as string | undefined;
      if (text === undefined) return false;
      const read = reads(new TextEncoder().encode(text));
      assert.equal(validate(JSON.parse(text)), read, `${read ? 'only read' : 'only valid'}: ${text}`);
      return read;
    };

    it(`agree on ${type} with any one place changed, and with two`, () => {
      assert.ok(agree(example) && agree(full));
      const paths = fc.constantFrom(...pathsOf(full));
      let taken = 0;
      const change = fc.tuple(paths, fc.option(VALUES, { nil: undefined }));
      fc.assert(
        fc.property(
          fc.constantFrom(example, full),
          fc.array(change, { minLength: 1, maxLength: 2 }),
          (from, changes) => {
            const message = changes.reduce<Json | undefined>(
              (so, [path, to]) => (so === undefined ? so : changed(so, path, to)),
              from,
            );
            if (agree(message)) taken += 1;
          },
        ),
        { numRuns: 800 },
      );
      assert.ok(taken > 20, `only ${taken} were good`);
    });

    it(`agree on ${type} with each edge in each place`, () => {
      let taken = 0;
      for (const path of pathsOf(full)) {
        if (agree(changed(full, path, undefined))) taken += 1;
        for (const edge of EDGES) if (agree(changed(full, path, edge))) taken += 1;
      }
      assert.ok(taken > 50, `only ${taken} were good`);
    });

    it(`agree on ${type} with fields that it doesn't have`, () => {
      fc.assert(
        fc.property(NAMES, VALUES, fc.boolean(), (name, to, inData) => {
          agree(changed(full, inData ? ['data', name] : [name], to));
        }),
        { numRuns: 300 },
      );
    });
  }
});

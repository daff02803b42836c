import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describe, it } from 'node:test';
import { SystemIds } from '../ids/system-ids.js';
import { HASH_PURPOSES, MasterKey, SEAL_PURPOSES, UnusableMasterKeyError } from './master-key.js';

const GOOD = Buffer.from('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'hex');
const counter = Buffer.from(Array.from({ length: 32 }, (_, n) => n * 3));

const REFUSED: readonly (readonly [string, string | undefined])[] = [
  ['nothing', undefined],
  ['an empty text', ''],
  ['blanks', ' \n'],
  ['31 bytes in base64', GOOD.subarray(0, 31).toString('base64')],
  ['33 bytes in base64', Buffer.concat([GOOD, Buffer.of(1)]).toString('base64')],
  ['31 bytes in hex', GOOD.subarray(0, 31).toString('hex')],
  ['33 bytes in hex', `${GOOD.toString('hex')}00`],
  ['16 bytes in hex', GOOD.subarray(0, 16).toString('hex')],
  ['hex with a foreign digit', `${GOOD.toString('hex').slice(0, 63)}g`],
  ['hex in mixed case', `${GOOD.toString('hex').slice(0, 62)}0F`],
  ['base64 without padding', GOOD.toString('base64').slice(0, 43)],
  ['base64 with left-over bits', `${GOOD.toString('base64').slice(0, 42)}J=`],
  [
    'base64 with a blank inside',
    `${GOOD.toString('base64').slice(0, 20)} ${GOOD.toString('base64').slice(21)}`,
  ],
  ['two keys', `${GOOD.toString('base64')}\n${GOOD.toString('base64')}`],
  ['all zeros', Buffer.alloc(32).toString('base64')],
  ['one byte repeated', Buffer.alloc(32, 0xa5).toString('hex')],
  ['a short key repeated', Buffer.concat([GOOD.subarray(0, 16), GOOD.subarray(0, 16)]).toString('base64')],
  ['8 bytes four times', Buffer.concat(Array.from({ length: 4 }, () => GOOD.subarray(0, 8))).toString('hex')],
  ['a counter', counter.toString('base64')],
  ['few different bytes', Buffer.from(Array.from({ length: 32 }, (_, n) => (n * n) % 11)).toString('base64')],
  ['a sentence', Buffer.from('Correct horse battery staple 12!').toString('base64')],
  ['hex digits of 16 bytes as text', Buffer.from(GOOD.subarray(0, 16).toString('hex')).toString('base64')],
];

describe('the master key', () => {
  for (const [what, text] of REFUSED) {
    it(`refuses ${what}, names the remedy and shows nothing of it`, () => {
      assert.throws(
        () => MasterKey.parse(text),
        (error) =>
          error instanceof UnusableMasterKeyError &&
          error.message.includes('openssl rand -base64 32') &&
          (text === undefined || text.trim() === '' || !error.message.includes(text.slice(0, 8))),
      );
    });
  }

  it('reads base64 and hex, also with the newline of a file', () => {
    const texts = [GOOD.toString('base64'), GOOD.toString('hex'), GOOD.toString('hex').toUpperCase()];
    const keys = texts.flatMap((text) => [MasterKey.parse(text), MasterKey.parse(`${text}\n`)]);
    assert.equal(new Set(keys.map(({ checkValue }) => checkValue)).size, 1);
  });

  it('takes every key that it makes itself', () => {
    const ids = new SystemIds();
    const made = new Set(
      Array.from({ length: 10_000 }, () => MasterKey.parse(MasterKey.generate(ids)).checkValue),
    );
    assert.equal(made.size, 10_000);
  });

  it('derives for ever the same keys: what was sealed must stay readable', () => {
    const key = MasterKey.parse(GOOD.toString('base64'));
    const derived = [...SEAL_PURPOSES, ...HASH_PURPOSES].map((purpose) => [
      purpose,
      key.keyFor(purpose).export().toString('hex'),
    ]);
    assert.deepEqual([key.id, key.checkValue, ...derived], GOLDEN);
    assert.equal(new Set(derived.map(([, hex]) => hex)).size, derived.length);
  });

  it('cannot be printed', () => {
    const key = MasterKey.parse(GOOD.toString('base64'));
    key.keyFor('payee-id');
    for (const text of [
      inspect(key, { depth: 9, showHidden: true }),
      JSON.stringify(key),
      inspect(key.keyFor('payee-id'), { depth: 9, showHidden: true }),
    ]) {
      assert.ok(
        !text.includes(GOOD.toString('hex').slice(0, 8)) &&
          !text.includes(GOOD.toString('base64').slice(0, 8)),
      );
    }
  });
});

/** Computed once; independent check: RFC 5869 with the purpose in `info`, e.g. by `openssl kdf`. */
const GOLDEN: readonly unknown[] = [
  'df4aefcc',
  'e4470f91bd939608fb9d26a6d4459c1e',
  ['payee-key-wrapping', '7662dc16a022dcf4cd1a9c30b5cd411c3d3c5c4e1f281e4314abcb5a57925012'],
  ['intake-seal', 'e4f12fe80db2d7c3018ce2c0c9fb6511f84d5859e674bd1e24e44018b5a35721'],
  ['command-fingerprint', 'd71a4804339a2e5224f93dc76e03827231fb8dd9cc14efc80e2a78f94f58fdf3'],
  ['payee-id', '1133cef528c89b2aae497a7e13fd16fba5328f44719745a1755dbdfc3ee0ce49'],
  ['evidence-hash', '3e9a7285f9e75a337f54b5eabf579689d7e4756981eee1f266b6d7513f3f5fc3'],
  ['provider-reference', 'bfcf7f164c93a87386499b80fce2ff156cddd6e37d635a2879f26914bd1f5627'],
  ['business-fields', '735ab09b174ef6caae97d3925bf19bf6c1e6b6a58f0688ccde63be9555b728ba'],
];

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  commandProblems,
  commandTypeName,
  MAX_COMMAND_BYTES,
  printCommand,
  readCommand,
  type CommandRefusalReason,
  type CommandType,
} from './commands.v1.js';

const PAYOUT = '0190a7de-7bb5-5c2f-8d3e-4b1f3a5c7d9e';
/** It must never come back in a problem. */
const CANARY = 'Sokha-000123456789';

const BANK = { kind: 'bank-account', holderName: CANARY, accountNumber: '000123', bankCode: 'ABA' };
const FULL_BANK = {
  ...BANK,
  bankName: 'Advanced Bank',
  branch: 'Phnom Penh',
  accountType: 'savings',
  document: { type: 'national-id', number: '123' },
  phone: '+85512345678',
  email: 'a@example.com',
};
const REQUEST = {
  accountId: 'acc-usd',
  amount: '12.50',
  currency: 'USD',
  provider: 'goldenpay',
  beneficiary: BANK,
};

const VALID: Readonly<Record<CommandType, object>> = {
  RequestPayout: { ...REQUEST, beneficiary: FULL_BANK, payeeId: 'payee-1', description: 'សួស្តី invoice 7' },
  CancelPayout: { payoutId: PAYOUT, reason: 'typo' },
  OpenAccount: { accountId: 'acc-usd', currency: 'USD', name: 'Main' },
  CloseAccount: { accountId: 'acc-usd' },
  Deposit: { accountId: 'acc-usd', amount: '100', currency: 'USD', note: 'wire 5' },
  ResolvePayout: {
    payoutId: PAYOUT,
    decision: 'paid',
    reason: 'report 7',
    operator: 'ann',
    paid: '12.00',
    fee: '0.5',
  },
  CorrectFunds: { accountId: 'acc-usd', amount: '-3.00', currency: 'USD', reason: 'bank error' },
};

function envelope(data: unknown, over: object = {}): Record<string, unknown> {
  const type = 'payout.command.RequestPayout.v1';
  return { specversion: '1.0', id: 'cmd-1', source: 'shop', type, data, ...over };
}

function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

function without(object: object, name: string): object {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

describe('readCommand', () => {
  for (const [type, data] of Object.entries(VALID) as [CommandType, object][]) {
    it(`reads ${type} with every field, and prints it again`, () => {
      const time = '2026-01-02T03:04:05.678Z';
      const sent = envelope(data, { type: commandTypeName(type), time, datacontenttype: 'application/json' });
      const read = readCommand(bytes(sent));
      assert.deepEqual(read, { ok: true, command: { type, commandId: 'cmd-1', caller: 'shop', time, data } });
      assert.ok(read.ok);
      assert.deepEqual(readCommand(printCommand(read.command)), read);
    });
  }

  it('reads a command without what may be missing, and with extension attributes', () => {
    const read = readCommand(bytes(envelope(REQUEST, { traceparent: '00-aa-bb-01', sequence: 7 })));
    assert.deepEqual(read, {
      ok: true,
      command: { type: 'RequestPayout', commandId: 'cmd-1', caller: 'shop', data: REQUEST },
    });
  });

  for (const beneficiary of [
    BANK,
    FULL_BANK,
    {
      kind: 'phone-wallet',
      holderName: 'Linh',
      phone: '+84912345678',
      operatorCode: 'MOMO',
      email: 'l@example.com',
    },
    {
      kind: 'phone-wallet',
      holderName: 'Linh',
      phone: '0912345678',
      document: { type: 'passport', number: 'B1' },
    },
    { kind: 'crypto-wallet', address: 'TXYZ' },
    { kind: 'stored-method', methodId: 'pm_1' },
  ]) {
    it(`takes a ${beneficiary.kind} with ${Object.keys(beneficiary).length} fields`, () => {
      const read = readCommand(bytes(envelope({ ...REQUEST, beneficiary })));
      assert.ok(read.ok && read.command.type === 'RequestPayout');
      assert.deepEqual(read.command.data.beneficiary, beneficiary);
    });
  }

  const text = JSON.stringify(envelope(REQUEST));
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  const notJson: [string, Uint8Array, RegExp][] = [
    ['nothing', new Uint8Array(), /well-formed/],
    ['cut off', bytes(text.slice(0, -1)), /well-formed/],
    ['two values', bytes(`${text}${text}`), /well-formed/],
    ['text after it', bytes(`${text} x`), /well-formed/],
    ['a NUL after it', bytes(`${text}\0`), /well-formed/],
    ['a comment', bytes(`/* */${text}`), /well-formed/],
    ['single quotes', bytes("{'a':1}"), /well-formed/],
    ['a trailing comma', bytes('{"a":1,}'), /well-formed/],
    ['NaN', bytes('{"a":NaN}'), /well-formed/],
    ['a leading zero', bytes('{"a":01}'), /well-formed/],
    ['a raw line break in text', bytes('{"a":"\n"}'), /well-formed/],
    ['a byte order mark', Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes(text)]), /byte order mark/],
    ['UTF-16', Uint8Array.from(Buffer.from(text, 'utf16le')), /well-formed/],
    ['a lone UTF-8 byte', Uint8Array.from([0x22, 0xff, 0x22]), /UTF-8/],
    ['an overlong UTF-8 form', Uint8Array.from([0x22, 0xc0, 0xaf, 0x22]), /UTF-8/],
    ['an encoded surrogate', Uint8Array.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /UTF-8/],
    ['half a surrogate pair', bytes('{"a":"\\ud800"}'), /surrogate/],
    ['half a surrogate pair in a name', bytes('{"\\udc00":1}'), /surrogate/],
    ['a field twice', bytes(text.replace('"id":', '"id":"other","id":')), /"id" once/],
    ['a field twice with the same value', bytes('{"a":1,"a":1}'), /"a" once/],
    ['a field twice, once escaped', bytes('{"a":1,"\\u0061":2}'), /"a" once/],
    ['a field twice deep inside', bytes('{"a":[{"b":{"c":1,"d":[],"c":2}}]}'), /"c" once/],
    ['__proto__', bytes('{"__proto__":{"x":1}}'), /don't send a field "__proto__"/],
    ['__proto__, escaped', bytes('{"\\u005f_proto__":{"x":1}}'), /don't send a field "__proto__"/],
    ['constructor in the data', bytes(text.replace('"amount"', '"constructor":1,"amount"')), /"constructor"/],
    [
      'hasOwnProperty in the data',
      bytes(text.replace('"amount"', '"hasOwnProperty":1,"amount"')),
      /"hasOwnProperty"/,
    ],
    ['21 levels', bytes(deep(21)), /at most 20 levels/],
    ['20,000 levels', bytes(deep(20_000)), /at most 20 levels/],
  ];
  for (const [what, value, message] of notJson) {
    it(`refuses ${what} as malformed JSON`, () => {
      const read = readCommand(value);
      assert.ok(!read.ok);
      assert.equal(read.reason, 'malformed-json');
      assert.equal(read.problems.length, 1);
      assert.equal(read.problems[0]?.field, '');
      assert.match(read.problems.map((problem) => problem.message).join(), message);
      assert.deepEqual(Object.keys(read), ['ok', 'reason', 'problems']);
    });
  }

  it('takes 20 levels as JSON', () => {
    const read = readCommand(bytes(deep(20)));
    assert.ok(!read.ok);
    assert.equal(read.reason, 'not-a-cloud-event');
  });

  it('refuses 64 KiB and a byte, and 5 MiB, before it reads them', () => {
    for (const size of [MAX_COMMAND_BYTES + 1, 5 * 1024 * 1024]) {
      assert.deepEqual(readCommand(new Uint8Array(size)), {
        ok: false,
        reason: 'too-large',
        problems: [{ field: '', message: 'send at most 65536 bytes' }],
      });
    }
    const padded = text + ' '.repeat(MAX_COMMAND_BYTES - text.length);
    assert.equal(readCommand(bytes(padded)).ok, true);
  });

  const envelopes: [string, unknown, string[]][] = [
    ['an array', [], ['']],
    ['null', 'null', ['']],
    ['a number', '1', ['']],
    ['nothing in it', {}, ['specversion', 'id', 'source', 'type', 'data']],
    ['another specversion', envelope(REQUEST, { specversion: '0.3' }), ['specversion']],
    ['specversion as a number', envelope(REQUEST, { specversion: 1 }), ['specversion']],
    ['id as a number', envelope(REQUEST, { id: 7 }), ['id']],
    ['an empty id', envelope(REQUEST, { id: '' }), ['id']],
    ['an id with a space', envelope(REQUEST, { id: 'a b' }), ['id']],
    ['an id beyond ASCII', envelope(REQUEST, { id: 'é' }), ['id']],
    ['an id with a line break', envelope(REQUEST, { id: 'a\n' }), ['id']],
    ['an id of 129', envelope(REQUEST, { id: 'x'.repeat(129) }), ['id']],
    ['a source of 129', envelope(REQUEST, { source: 'x'.repeat(129) }), ['source']],
    ['no source', without(envelope(REQUEST), 'source'), ['source']],
    ['type null', envelope(REQUEST, { type: null }), ['type']],
    ['a time that is none', envelope(REQUEST, { time: '2026-13-01T00:00:00Z' }), ['time']],
    ['a day that there is not', envelope(REQUEST, { time: '2026-02-30T00:00:00Z' }), ['time']],
    ['the hour 24', envelope(REQUEST, { time: '2026-01-01T24:00:00Z' }), ['time']],
    ['a time without zone', envelope(REQUEST, { time: '2026-01-01T00:00:00' }), ['time']],
    ['time as a number', envelope(REQUEST, { time: 1767225600 }), ['time']],
    ['another content type', envelope(REQUEST, { datacontenttype: 'text/xml' }), ['datacontenttype']],
    ['data as text', envelope(JSON.stringify(REQUEST)), ['data']],
    ['data as an array', envelope([REQUEST]), ['data']],
    ['data null', envelope(null), ['data']],
    ['data_base64', { ...without(envelope(REQUEST), 'data'), data_base64: 'e30=' }, ['data', 'data_base64']],
    ['an attribute in upper case', envelope(REQUEST, { dataContentType: 'x' }), ['dataContentType']],
    ['an extension that is an object', envelope(REQUEST, { extra: {} }), ['extra']],
    ['several at once, in order', envelope(1, { id: 1, time: 1, Extra: 1 }), ['id', 'time', 'data', 'Extra']],
  ];
  for (const [what, value, fields] of envelopes) {
    it(`refuses an envelope: ${what}`, () => {
      const read = readCommand(bytes(value));
      assert.ok(!read.ok);
      assert.equal(read.reason, 'not-a-cloud-event');
      assert.deepEqual(
        read.problems.map(({ field }) => field),
        fields,
      );
    });
  }

  it('tells id and source of a bad envelope as far as they are good', () => {
    const read = readCommand(bytes(envelope(1, { source: 'two words' })));
    assert.deepEqual(read, {
      ok: false,
      reason: 'not-a-cloud-event',
      problems: [
        { field: 'source', message: 'must be text of 1 to 128 printable ASCII characters without spaces' },
        { field: 'data', message: 'must be an object' },
      ],
      commandId: 'cmd-1',
    });
  });

  const types: [string, CommandRefusalReason, RegExp][] = [
    [
      'payout.command.RequestPayout.v9',
      'unknown-version',
      /^this service reads payout\.command\.RequestPayout\.v1$/,
    ],
    ['payout.command.Deposit.v0', 'unknown-version', /Deposit\.v1/],
    ['payout.command.RequestPayout', 'unknown-type', /payout\.command\.CorrectFunds\.v1/],
    ['payout.command.requestPayout.v1', 'unknown-type', /one of/],
    ['payout.command.Refund.v1', 'unknown-type', /one of/],
    ['payout.command.constructor.v1', 'unknown-type', /one of/],
    ['payout.command.toString.v9', 'unknown-type', /one of/],
    ['payout.event.PayoutRequested.v1', 'unknown-type', /one of/],
    ['RequestPayout', 'unknown-type', /one of/],
  ];
  for (const [type, reason, message] of types) {
    it(`refuses the type ${type}: ${reason}`, () => {
      // Its data is bad as well: the type comes first.
      const read = readCommand(bytes(envelope({}, { type })));
      assert.ok(!read.ok);
      assert.deepEqual([read.reason, read.commandId, read.caller], [reason, 'cmd-1', 'shop']);
      assert.equal(read.problems.length, 1);
      assert.equal(read.problems[0]?.field, 'type');
      assert.match(read.problems.map((problem) => problem.message).join(), message);
    });
  }

  const REQUIRED: Readonly<Record<CommandType, readonly string[]>> = {
    RequestPayout: ['accountId', 'amount', 'currency', 'provider', 'beneficiary'],
    CancelPayout: ['payoutId'],
    OpenAccount: ['accountId', 'currency'],
    CloseAccount: ['accountId'],
    Deposit: ['accountId', 'amount', 'currency'],
    ResolvePayout: ['payoutId', 'decision', 'reason', 'operator'],
    CorrectFunds: ['accountId', 'amount', 'currency', 'reason'],
  };
  for (const [type, data] of Object.entries(VALID) as [CommandType, object][]) {
    it(`names each missing, extra and wrongly typed field of ${type}`, () => {
      const fieldsOf = (sent: object): string[] =>
        commandProblems(type, sent, 'data').map(({ field, message }) => {
          assert.ok(!message.includes(CANARY));
          return field;
        });
      assert.deepEqual(fieldsOf(data), []);
      assert.deepEqual(
        fieldsOf({}),
        REQUIRED[type].map((name) => `data.${name}`),
      );
      for (const name of Object.keys(data)) {
        const expected = REQUIRED[type].includes(name) ? [`data.${name}`] : [];
        assert.deepEqual(fieldsOf(without(data, name)), expected, `without ${name}`);
        for (const wrong of [7, 7.5, true, null, [], [CANARY], '', 'x\ny', 'x'.repeat(600)]) {
          assert.deepEqual(
            fieldsOf({ ...data, [name]: wrong }),
            [`data.${name}`],
            `${name}: ${JSON.stringify(wrong)}`,
          );
        }
      }
      assert.deepEqual(fieldsOf({ ...data, extra: CANARY, Second: 1 }), ['data.extra', 'data.Second']);
    });
  }

  const beneficiaries: [string, unknown, string[]][] = [
    ['no kind', without(BANK, 'kind'), ['kind', 'holderName', 'accountNumber', 'bankCode']],
    ['an unknown kind', { kind: CANARY }, ['kind']],
    ['a kind that every object has', { kind: 'constructor' }, ['kind']],
    ['no account number', without(BANK, 'accountNumber'), ['accountNumber']],
    ['account number as a number', { ...BANK, accountNumber: 123 }, ['accountNumber']],
    ['a name of 141', { ...BANK, holderName: CANARY.repeat(10) }, ['holderName']],
    ['a field of another kind', { ...BANK, address: CANARY }, ['address']],
    ['an unknown account type', { ...BANK, accountType: CANARY }, ['accountType']],
    ['a phone in words', { ...BANK, phone: CANARY }, ['phone']],
    ['no e-mail address', { ...BANK, email: CANARY }, ['email']],
    ['a document as text', { ...BANK, document: CANARY }, ['document']],
    ['an empty document', { ...BANK, document: {} }, ['document.type', 'document.number']],
    [
      'an extra field in the document',
      { ...BANK, document: { type: 'tax-id', number: '1', x: 1 } },
      ['document.x'],
    ],
    ['an address with a space', { kind: 'crypto-wallet', address: 'T X' }, ['address']],
    ['an empty method', { kind: 'stored-method', methodId: '' }, ['methodId']],
    ['a wallet without a phone', { kind: 'phone-wallet', holderName: 'x' }, ['phone']],
  ];
  for (const [what, beneficiary, fields] of beneficiaries) {
    it(`names the field of a beneficiary and not its value: ${what}`, () => {
      const read = readCommand(bytes(envelope({ ...REQUEST, beneficiary })));
      assert.ok(!read.ok);
      assert.equal(read.reason, 'invalid-field');
      assert.deepEqual(
        read.problems.map(({ field }) => field),
        fields.map((field) => `data.beneficiary.${field}`),
      );
      assert.ok(!JSON.stringify(read).includes(CANARY));
    });
  }

  it('lists problems in the order of the declared fields, extra fields last, with remedies', () => {
    const data = {
      zeta: 1,
      description: '',
      provider: 'paypal',
      amount: 12.5,
      accountId: '-x',
      beneficiary: { kind: 'x' },
    };
    assert.deepEqual(readCommand(bytes(envelope(data))), {
      ok: false,
      reason: 'invalid-field',
      problems: [
        {
          field: 'data.accountId',
          message: 'must be 1 to 64 letters, digits and . _ : - and begin with a letter or digit',
        },
        { field: 'data.amount', message: 'must be one line of text, 1 to 80 characters' },
        { field: 'data.currency', message: 'is missing: it must be one line of text, 1 to 32 characters' },
        { field: 'data.provider', message: 'must be one of dvpay, goldenpay, cashy, revere, chainpay' },
        {
          field: 'data.beneficiary.kind',
          message: 'must be one of bank-account, phone-wallet, crypto-wallet, stored-method',
        },
        { field: 'data.description', message: 'must be one line of text, 1 to 140 characters' },
        { field: 'data.zeta', message: 'is not a field of this message: leave it out' },
      ],
      commandId: 'cmd-1',
      caller: 'shop',
    });
  });

  it('counts characters, not the units of a JavaScript string', () => {
    const fieldsOf = (name: string): readonly string[] =>
      commandProblems('OpenAccount', { ...VALID.OpenAccount, name }, 'data').map(({ field }) => field);
    assert.deepEqual(fieldsOf('𐍈'.repeat(140)), []);
    assert.deepEqual(fieldsOf('𐍈'.repeat(141)), ['data.name']);
  });

  it('shows the name of an extra field short and printable', () => {
    const read = readCommand(bytes(envelope({ ...REQUEST, ['ñ\u0007' + 'n'.repeat(100)]: 1 })));
    assert.ok(!read.ok);
    assert.equal(read.problems[0]?.field, `data.??${'n'.repeat(62)}`);
  });
});

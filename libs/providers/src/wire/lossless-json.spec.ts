import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  jsonNumber,
  member,
  objectMember,
  readJson,
  requiredText,
  textMember,
  topObject,
  writeJson,
} from './lossless-json.js';
import { UnusableMessageError } from './unusable-message-error.js';

const read = (text: string) => readJson(Buffer.from(text, 'utf8'));

describe('readJson', () => {
  it('keeps the text of numbers', () => {
    const top = topObject(read('{"a":60000.00,"b":5150.0000,"c":1754377439308531401,"d":"x","e":""}'));
    assert.equal(textMember(top, 'a'), '60000.00');
    assert.equal(textMember(top, 'b'), '5150.0000');
    assert.equal(textMember(top, 'c'), '1754377439308531401');
    assert.equal(textMember(top, 'd'), 'x');
    assert.equal(textMember(top, 'e'), undefined);
  });

  it('takes names and colons within texts for what they are', () => {
    const text = String.raw`{"a\"b":"x\":1","c" : "\\","d":{"e":["f:",{"g":1}]}}`;
    assert.equal(read(text).ok, true);
  });

  const refused: Readonly<Record<string, string>> = {
    'two different values of a name': '{"status":"FAIL","status":"SUCCESS"}',
    'the same value of a name twice': '{"a":1,"a":1}',
    'equal numbers of a name twice': '{"a":[{"b":1,"b":1}]}',
    'an object over a list': '{"a":{},"a":[]}',
    'a name twice, once escaped': String.raw`{"status":"x","\u0073tatus":"x"}`,
    __proto__: '{"__proto__":{"status":"SUCCESS"}}',
    'a nested __proto__': '{"a":[{"__proto__":1}]}',
    'a byte order mark': '\ufeff{}',
    'trailing data': '{} {}',
    'a trailing comma': '{"a":1,}',
    'a comment': '{}//',
    nothing: '',
    'white space': ' \n',
    'half a surrogate pair': String.raw`{"a":"\ud800"}`,
    'a number with a leading zero': '{"a":01}',
    NaN: '{"a":NaN}',
    'an endless nesting': '['.repeat(200_000),
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      const reading = read(text);
      if (reading.ok) throw new assert.AssertionError({ message: 'it was read' });
      assert.doesNotMatch(reading.reason, /SUCCESS/);
    });
  }

  it('refuses bytes that are not UTF-8', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ]) {
      assert.deepEqual(readJson(Uint8Array.from(bytes)), { ok: false, reason: 'the body is not UTF-8' });
    }
  });

  it('has no members that were not sent', () => {
    const top = topObject(read('{}'));
    assert.equal(member(top, 'constructor'), undefined);
    assert.equal(textMember(top, 'toString'), undefined);
    assert.throws(() => requiredText(top, 'status'), UnusableMessageError);
    assert.throws(() => objectMember(topObject(read('{"data":[]}')), 'data'), UnusableMessageError);
    assert.throws(() => topObject(read('[]')), UnusableMessageError);
  });
});

describe('writeJson', () => {
  it('writes numbers as the digits that they are given as', () => {
    const text = writeJson({
      amount: jsonNumber('50000.00'),
      id: jsonNumber('1754377439308531401'),
      none: undefined,
      s: 'ä"',
    });
    assert.equal(text, String.raw`{"amount":50000.00,"id":1754377439308531401,"s":"ä\""}`);
  });
});

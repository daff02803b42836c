import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { bind, decrypt, encrypt } from './aead.js';

/** Test cases 13 to 16 of «The Galois/Counter Mode of Operation» (McGrew and Viega), as submitted to NIST. */
const KNOWN_ANSWERS = [
  {
    name: '13',
    key: '00'.repeat(32),
    iv: '00'.repeat(12),
    plain: '',
    aad: '',
    sealed: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    name: '14',
    key: '00'.repeat(32),
    iv: '00'.repeat(12),
    plain: '00'.repeat(16),
    aad: '',
    sealed: 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    name: '16',
    key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
    iv: 'cafebabefacedbaddecaf888',
    plain:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
];

describe('AES-256-GCM', () => {
  for (const { name, key, iv, plain, aad, sealed } of KNOWN_ANSWERS) {
    it(`gives the known answer of test case ${name}`, () => {
      const secret = createSecretKey(Buffer.from(key, 'hex'));
      const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
      assert.equal(encrypt(secret, bytes(iv), bytes(plain), bytes(aad)).toString('hex'), sealed);
      assert.equal(decrypt(secret, bytes(iv), bytes(sealed), bytes(aad))?.toString('hex'), plain);
    });
  }

  it('takes no shortened tag', () => {
    const key = createSecretKey(Buffer.alloc(32, 7));
    const iv = Buffer.alloc(12, 1);
    const sealed = encrypt(key, iv, Buffer.from('text'), Buffer.of());
    for (let length = 0; length < sealed.length; length += 1) {
      assert.equal(decrypt(key, iv, sealed.subarray(0, length), Buffer.of()), undefined, `${length} bytes`);
    }
  });

  it('binds lists of texts without confusing their borders', () => {
    const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], []];
    assert.equal(new Set(lists.map((list) => bind(...list).toString('hex'))).size, lists.length);
  });
});

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SystemIds } from '../ids/system-ids.js';
import { PayeeErasedError, PayeeKeyMissingError, SealBrokenError, WrongKeyError } from './errors.js';
import { InMemoryPayeeKeys } from './in-memory/in-memory-payee-keys.js';
import { KeyWrapper } from './key-wrapper.js';
import { MasterKey } from './master-key.js';
import { PayeeKeys, type WrappedKey } from './payee-keys.js';
import { PersonalDataVault } from './vault.js';

const ids = new SystemIds();
const CANARY = 'CANARY-000123456789';
const PLAIN = JSON.stringify({ holderName: 'សុខ ជា', accountNumber: CANARY });
const STREAM = 'payout-6f1d7a3e-52c4-4c1b-9d0e-8f5b7c2a9e10';

function newVault(master = MasterKey.parse(MasterKey.generate(ids))): {
  vault: PersonalDataVault;
  keys: PayeeKeys;
  wrapper: KeyWrapper;
} {
  const wrapper = new KeyWrapper(master, ids);
  const keys = new InMemoryPayeeKeys(wrapper);
  return { vault: new PersonalDataVault(keys, wrapper, ids), keys, wrapper };
}

/** The error, after a check that nothing of the plaintext is anywhere in it. */
async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => assert.fail('it was opened'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(CANARY));
  return error;
}

describe('the personal data vault', () => {
  it('gives back what was sealed, whatever it was', async () => {
    const { vault } = newVault();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        async (plain, context) => {
          const sealed = await vault.seal('payee-1', context, plain);
          assert.match(sealed, /^v1\.[A-Za-z0-9_-]+$/);
          assert.equal(await vault.open('payee-1', context, sealed), plain);
        },
      ),
    );
  });

  it('hides the text, and that two texts are the same', async () => {
    const { vault } = newVault();
    const sealed = await Promise.all(Array.from({ length: 100 }, () => vault.seal('payee-1', STREAM, PLAIN)));
    assert.equal(new Set(sealed).size, 100);
    for (const text of sealed) {
      assert.ok(!Buffer.from(text.slice(3), 'base64url').toString('latin1').includes(CANARY));
    }
  });

  it('notices a change of any bit of any byte', async () => {
    const { vault } = newVault();
    const sealed = await vault.seal('payee-1', STREAM, PLAIN);
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length * 8; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
      const error = await failureOf(vault.open('payee-1', STREAM, `v1.${changed.toString('base64url')}`));
      assert.ok(
        at < 32 ? error instanceof WrongKeyError : error instanceof SealBrokenError,
        `bit ${at}: ${error.name}`,
      );
    }
  });

  it('notices a change of any character, a cut and an addition anywhere', async () => {
    const { vault } = newVault();
    const sealed = await vault.seal('payee-1', STREAM, PLAIN);
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      const changed = [
        sealed.slice(0, at) + other + sealed.slice(at + 1),
        sealed.slice(0, at),
        sealed.slice(0, at) + sealed.slice(at + 1),
        `${sealed.slice(0, at)}=${sealed.slice(at)}`,
        `${sealed.slice(0, at)} ${sealed.slice(at)}`,
        `${sealed.slice(0, at)}A${sealed.slice(at)}`,
      ];
      for (const text of changed.filter((candidate) => candidate !== sealed)) {
        const error = await failureOf(vault.open('payee-1', STREAM, text));
        assert.ok(error instanceof SealBrokenError || error instanceof WrongKeyError, text);
      }
    }
    assert.ok((await failureOf(vault.open('payee-1', STREAM, `${sealed}\n`))) instanceof SealBrokenError);
  });

  it('opens nothing in another place', async () => {
    const { vault } = newVault();
    const sealed = await vault.seal('payee-1', STREAM, PLAIN);
    for (const context of ['', `${STREAM} `, STREAM.toUpperCase(), 'payout-another']) {
      assert.ok(
        (await failureOf(vault.open('payee-1', context, sealed))) instanceof SealBrokenError,
        context,
      );
    }
  });

  it('opens nothing for another payee', async () => {
    const { vault } = newVault();
    const sealed = await vault.seal('payee-1', STREAM, PLAIN);
    await vault.seal('payee-2', STREAM, 'x');
    assert.ok((await failureOf(vault.open('payee-2', STREAM, sealed))) instanceof WrongKeyError);
    assert.ok((await failureOf(vault.open('payee-3', STREAM, sealed))) instanceof PayeeKeyMissingError);
  });

  it('forgets a payee whose key is destroyed, at once, and no other', async () => {
    const { vault, keys } = newVault();
    const gone = await vault.seal('payee-1', STREAM, PLAIN);
    const kept = await vault.seal('payee-2', STREAM, PLAIN);
    await keys.destroy('payee-1');
    assert.ok((await failureOf(vault.open('payee-1', STREAM, gone))) instanceof PayeeErasedError);
    assert.ok((await failureOf(vault.seal('payee-1', STREAM, PLAIN))) instanceof PayeeErasedError);
    assert.equal(await vault.open('payee-2', STREAM, kept), PLAIN);
  });

  it('says which master key a key file belongs to', async () => {
    const first = MasterKey.parse(MasterKey.generate(ids));
    const second = MasterKey.parse(MasterKey.generate(ids));
    const { vault, keys } = newVault(first);
    const sealed = await vault.seal('payee-1', STREAM, PLAIN);
    const stranger = new PersonalDataVault(keys, new KeyWrapper(second, ids), ids);
    const error = await failureOf(stranger.open('payee-1', STREAM, sealed));
    assert.ok(error instanceof WrongKeyError);
    assert.ok(error.message.includes(first.id) && error.message.includes(second.id));
  });

  it('takes no wrapped key that was changed or moved to another payee', async () => {
    const { wrapper } = newVault();
    const made = wrapper.create('payee-1');
    assert.throws(() => wrapper.unwrap({ ...made, payeeId: 'payee-2' }), SealBrokenError);
    for (let at = 0; at < made.envelope.length; at += 1) {
      const other = made.envelope[at] === '0' ? '1' : '0';
      const changed = made.envelope.slice(0, at) + other + made.envelope.slice(at + 1);
      assert.throws(() => wrapper.unwrap({ ...made, envelope: changed }), /master key|wrapped key/, changed);
      assert.throws(() => wrapper.unwrap({ ...made, envelope: made.envelope.slice(0, at) }), SealBrokenError);
    }
  });

  it('refuses text that would not come back: half a surrogate pair', async () => {
    const { vault } = newVault();
    await assert.rejects(vault.seal('payee-1', STREAM, '\ud83d'), TypeError);
    await assert.rejects(vault.seal('payee-1', '\ud83d', 'x'), TypeError);
  });

  it('opens what the first version sealed', async () => {
    const master = MasterKey.parse('n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=');
    const wrapper = new KeyWrapper(master, ids);
    const vault = new PersonalDataVault(
      new OneKey({ payeeId: 'payee-1', envelope: FIRST.envelope }),
      wrapper,
      ids,
    );
    assert.equal(await vault.open('payee-1', 'payout-1', FIRST.sealed), 'Sok Chea, 000 123 456');
  });
});

class OneKey extends PayeeKeys {
  readonly #key: WrappedKey;

  constructor(key: WrappedKey) {
    super();
    this.#key = key;
  }

  async getOrCreate(): Promise<WrappedKey> {
    return this.#key;
  }

  async find(): Promise<WrappedKey> {
    return this.#key;
  }

  async destroy(): Promise<boolean> {
    return false;
  }
}

/** Made by the first version of this code. It must stay readable for ever: the log can't be written again. */
const FIRST = {
  envelope: 'k1.df4aefcc.N7HyqafKAQP5vsl8TYVFRVxLEo_7arAk5BpvwwK2DpINWdSZDVj-hi3rPOoeG-1ywURlpS5oLNAwSEiX',
  sealed: 'v1.BTkIF72LkAqXu6Ng76RWXaDcMr_dOIIYtKOc41nRczdXLmYoxFRyZzk94irpbpsLt-88YKo',
};

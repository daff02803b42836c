import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PayeeErasedError } from '#platform/vault/errors';
import { KeyWrapper } from '#platform/vault/key-wrapper';
import { MasterKey } from '#platform/vault/master-key';
import type { PayeeKeys } from '#platform/vault/payee-keys';
import { SystemIds } from '#platform/ids/system-ids';

export interface PayeeKeysSubject {
  readonly keys: PayeeKeys;
  close(): Promise<void>;
}

/** What every adapter of `PayeeKeys` must do. `make` gives an empty one. */
export function describePayeeKeysContract(
  name: string,
  make: (master: MasterKey, wrapper: KeyWrapper) => Promise<PayeeKeysSubject>,
): void {
  describe(`payee keys: ${name}`, () => {
    const ids = new SystemIds();
    const master = MasterKey.parse(MasterKey.generate(ids));
    const wrapper = new KeyWrapper(master, ids);
    let subject: PayeeKeysSubject;
    let keys: PayeeKeys;

    before(async () => {
      subject = await make(master, wrapper);
      keys = subject.keys;
    });
    after(() => subject.close());

    it('makes a key once and gives the same one ever after', async () => {
      const first = await keys.getOrCreate('payee-a');
      assert.equal(first.payeeId, 'payee-a');
      assert.match(first.envelope, new RegExp(`^k1\\.${master.id}\\.[A-Za-z0-9_-]{80}$`));
      assert.deepEqual(await keys.getOrCreate('payee-a'), first);
      assert.deepEqual(await keys.find('payee-a'), first);
      assert.equal(wrapper.unwrap(first).key.symmetricKeySize, 32);
    });

    it('gives one key to all who ask at once', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => keys.getOrCreate('payee-b')));
      assert.equal(new Set(answers.map(({ envelope }) => envelope)).size, 1);
      assert.deepEqual(await keys.find('payee-b'), answers[0]);
    });

    it('gives each payee a key of its own', async () => {
      const one = wrapper.unwrap(await keys.getOrCreate('payee-c'));
      const other = wrapper.unwrap(await keys.getOrCreate('payee-C'));
      assert.ok(!one.key.equals(other.key));
      assert.ok(!one.id.equals(other.id));
    });

    it('finds nothing for a payee that never had a key, and makes none by looking', async () => {
      assert.equal(await keys.find('payee-nobody'), undefined);
      assert.equal(await keys.find('payee-nobody'), undefined);
    });

    it('destroys a key for ever', async () => {
      await keys.getOrCreate('payee-d');
      assert.equal(await keys.destroy('payee-d'), true);
      assert.equal(await keys.find('payee-d'), 'erased');
      await assert.rejects(keys.getOrCreate('payee-d'), PayeeErasedError);
      assert.equal(await keys.destroy('payee-d'), false);
      assert.equal(await keys.find('payee-d'), 'erased');
      await assert.rejects(keys.getOrCreate('payee-d'), PayeeErasedError);
    });

    it('destroys no other key', async () => {
      const stays = await keys.getOrCreate('payee-e');
      await keys.getOrCreate('payee-f');
      assert.equal(await keys.destroy('payee-f'), true);
      assert.deepEqual(await keys.find('payee-e'), stays);
      assert.deepEqual(await keys.getOrCreate('payee-e'), stays);
    });

    it('has nothing to destroy where there never was a key, and lets one be made later', async () => {
      assert.equal(await keys.destroy('payee-g'), false);
      assert.equal(await keys.find('payee-g'), undefined);
      const made = await keys.getOrCreate('payee-g');
      assert.deepEqual(await keys.find('payee-g'), made);
    });

    it('lets a destruction and a creation meet without a key coming back', async () => {
      await keys.getOrCreate('payee-h');
      await Promise.allSettled([
        keys.destroy('payee-h'),
        keys.getOrCreate('payee-h'),
        keys.destroy('payee-h'),
        keys.getOrCreate('payee-h'),
      ]);
      assert.equal(await keys.find('payee-h'), 'erased');
      await assert.rejects(keys.getOrCreate('payee-h'), PayeeErasedError);
    });
  });
}

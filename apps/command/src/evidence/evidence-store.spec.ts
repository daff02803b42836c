import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { evidenceHash, payeeId } from '#domain/ids';
import { evidenceStream } from '#domain/streams';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { SystemIds } from '#platform/ids/system-ids';
import { PayeeErasedError } from '#platform/vault/errors';
import { InMemoryPayeeKeys } from '#platform/vault/in-memory/in-memory-payee-keys';
import { IntakeSealer } from '#platform/vault/intake-sealer';
import { KeyWrapper } from '#platform/vault/key-wrapper';
import { KeyedHash } from '#platform/vault/keyed-hash';
import { MasterKey } from '#platform/vault/master-key';
import { PersonalDataVault } from '#platform/vault/vault';
import { ManualClock } from '#test/support/manual-clock';
import { EventEncoding } from '../streams/event-encoding.js';
import { EvidenceStore, type Evidence } from './evidence-store.js';

const RAW = '{"account_no":"2333667799212341","name":"NGUYEN XUAN HUNG"}';
const PAYEE = payeeId('payee-1');

describe('the evidence store', () => {
  let store: InMemoryEventStore;
  let keys: InMemoryPayeeKeys;
  let evidence: EvidenceStore;
  let clock: ManualClock;

  beforeEach(() => {
    const ids = new SystemIds();
    const master = MasterKey.parse(MasterKey.generate(ids));
    const wrapper = new KeyWrapper(master, ids);
    clock = new ManualClock();
    store = new InMemoryEventStore();
    keys = new InMemoryPayeeKeys(wrapper);
    evidence = new EvidenceStore(
      store,
      new EventEncoding(clock),
      new PersonalDataVault(keys, wrapper, ids),
      new IntakeSealer(master, ids),
      new KeyedHash(master),
      clock,
    );
  });

  const given = (more: Partial<Evidence> = {}): Evidence => ({
    provider: 'goldenpay',
    what: 'exchange',
    payeeId: PAYEE,
    raw: RAW,
    ...more,
  });
  const log = () => store.readAll({ limit: 1_000 });

  for (const [name, payee] of [
    ['of a payee', PAYEE],
    ['that nobody is known for', undefined],
  ] as const) {
    it(`keeps what is ${name} sealed, and gives it back as it was`, async () => {
      const hash = await evidence.put(given({ payeeId: payee }));
      assert.equal(await evidence.get(hash), RAW);
      const [stored, ...more] = await log();
      assert.deepEqual(more, []);
      assert.equal(stored?.stream, evidenceStream(hash));
      const text = JSON.stringify([stored.data, stored.metadata, stored.stream]);
      for (const secret of ['2333667799212341', 'NGUYEN', Buffer.from(RAW).toString('base64').slice(4, 24)])
        assert.ok(!text.includes(secret), text);
    });
  }

  it('keeps the same bytes once, however often they come, also at once', async () => {
    const first = await evidence.put(given());
    clock.advance(1_000);
    const again = await Promise.all(Array.from({ length: 20 }, () => evidence.put(given())));
    assert.deepEqual([...new Set(again)], [first]);
    assert.equal((await log()).length, 1);
  });

  it('tells other bytes, another provider and another kind apart', async () => {
    const hashes = [
      await evidence.put(given()),
      await evidence.put(given({ raw: `${RAW} ` })),
      await evidence.put(given({ provider: 'cashy' })),
      await evidence.put(given({ what: 'callback' })),
    ];
    assert.equal(new Set(hashes).size, 4);
    assert.equal((await log()).length, 4);
  });

  it('takes what has the same identity for the same, and gives back what came first', async () => {
    const first = await evidence.put(given({ raw: 'with one header', identity: 'the body' }));
    const second = await evidence.put(given({ raw: 'with another header', identity: 'the body' }));
    assert.equal(second, first);
    assert.equal(await evidence.get(first), 'with one header');
  });

  it('has no address that could be guessed from the bytes', async () => {
    const other = new KeyedHash(MasterKey.parse(MasterKey.generate(new SystemIds())));
    const hash = await evidence.put(given());
    assert.notEqual(hash, other.hex('evidence-hash', `goldenpay\nexchange\n${RAW}`));
  });

  it('knows nothing of an address that was never given out', async () => {
    assert.equal(await evidence.get(evidenceHash('0'.repeat(64))), undefined);
  });

  it('gives nothing back of a payee who was erased, and keeps nothing of what still comes', async () => {
    const before = await evidence.put(given());
    await keys.destroy(PAYEE);
    await assert.rejects(evidence.get(before), PayeeErasedError);
    const after = await evidence.put(given({ raw: `${RAW} later` }));
    await assert.rejects(evidence.get(after), PayeeErasedError);
    assert.notEqual(after, before);
    const [, stored] = await log();
    assert.equal(stored?.data['sealed'], '');
    // Of others everything is there still.
    const other = await evidence.put(given({ payeeId: payeeId('payee-2'), raw: 'another' }));
    assert.equal(await evidence.get(other), 'another');
  });
});

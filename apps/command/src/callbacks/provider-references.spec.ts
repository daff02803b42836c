import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { InMemoryFollowUps } from '#coordination/in-memory/in-memory-follow-ups';
import { evidenceHash, providerOrderId, type EvidenceHash } from '#domain/ids';
import type { ProviderName } from '#domain/provider/provider-name';
import type { Attempt } from '#domain/provider/reference';
import { payoutStream } from '#domain/streams';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { SystemIds } from '#platform/ids/system-ids';
import { KeyedHash } from '#platform/vault/keyed-hash';
import { MasterKey } from '#platform/vault/master-key';
import { ProviderRegistry } from '#providers/registry';
import { cardOf, PayingProvider } from '#test/support/command/paying-provider';
import { NO_TRACING } from '#platform/tracing/tracing';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { PAYOUT, requested } from '#test/support/payout-fixtures';
import { decodeRecorded, EventEncoding } from '../streams/event-encoding.js';
import { PayoutScope } from '../observing/payout-scope.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import type { CallbackReplay } from './callback-replay.js';
import { ProviderReferences } from './provider-references.js';
import { UnmatchedReports } from './unmatched-reports.js';

const NUMBER = providerOrderId('ORD-4711');
const FIRST = evidenceHash('a'.repeat(64));
const SECOND = evidenceHash('b'.repeat(64));
const ALARM_AFTER = 60_000;

/** Takes down what is delivered. */
class Deliveries {
  readonly made: (readonly [EvidenceHash, number])[] = [];
  fails = false;

  async deliver(_provider: ProviderName, { attempt }: Attempt, evidence: EvidenceHash): Promise<void> {
    if (this.fails) throw new Error('the store is away');
    this.made.push([evidence, attempt]);
  }
}

describe("whose a provider's order number is", () => {
  let store: InMemoryEventStore;
  let clock: ManualClock;
  let followUps: InMemoryFollowUps;
  let logger: MemoryLogger;
  let deliveries: Deliveries;
  let references: ProviderReferences;

  beforeEach(async () => {
    store = new InMemoryEventStore();
    clock = new ManualClock();
    followUps = new InMemoryFollowUps();
    logger = new MemoryLogger();
    deliveries = new Deliveries();
    references = build(false);
    const caller = { subject: 'payroll', issuer: 'test', authenticatedBy: 'test' };
    const stream = payoutStream(PAYOUT);
    const event = requested({ provider: 'dvpay' });
    const encoded = new EventEncoding(clock).encode(
      event,
      stream,
      0n,
      { caller, causationId: 'test' },
      undefined,
    );
    await store.append(stream, 'no-stream', [encoded]);
  });

  const hashes = new KeyedHash(MasterKey.parse(MasterKey.generate(new SystemIds())));

  function build(carriesReference: boolean): ProviderReferences {
    const encoding = new EventEncoding(clock);
    const callback = { trust: 'claim', carriesReference, unmatchedAlarmAfter: ALARM_AFTER } as const;
    return new ProviderReferences(
      store,
      new PayoutStreams(store, encoding, clock),
      encoding,
      hashes,
      new ProviderRegistry([new PayingProvider(cardOf({ provider: 'dvpay', callback }))]),
      deliveries as unknown as CallbackReplay,
      followUps,
      new PayoutScope(NO_TRACING),
      clock,
    );
  }

  const bind = (): Promise<void> => references.bind(PAYOUT, 1, NUMBER, 'the answer');
  const leave = (evidence: EvidenceHash) => references.leaveUnmatched('dvpay', NUMBER, evidence);
  const types = async (): Promise<readonly string[]> =>
    (await store.readAll({ limit: 100 }))
      .filter(({ stream }) => stream.startsWith('reference-'))
      .map((recorded) => decodeRecorded(recorded).type);

  it('is known once it is bound, and to this provider only', async () => {
    assert.equal(await references.find('dvpay', NUMBER), undefined);
    await bind();
    const found = await references.find('dvpay', NUMBER);
    assert.deepEqual([found?.payoutId, found?.attempt], [PAYOUT, 1]);
    assert.equal(await references.find('revere', NUMBER), undefined);
    assert.equal(await references.find('dvpay', providerOrderId('ORD-4712')), undefined);
    assert.deepEqual(deliveries.made, []);
  });

  it('is bound once, however often, and at once', async () => {
    await Promise.all(Array.from({ length: 10 }, bind));
    assert.deepEqual(await types(), ['ProviderReferenceBound']);
  });

  it('stands in no name and no event in clear', async () => {
    await leave(FIRST);
    await bind();
    assert.ok(
      !JSON.stringify(
        await store.readAll({ limit: 100 }).then((all) => all.map(({ stream, data }) => [stream, data])),
      ).includes('4711'),
    );
  });

  it('binds nothing for a provider whose callbacks carry our own reference', async () => {
    references = build(true);
    await bind();
    assert.deepEqual(await types(), []);
  });

  it('a callback before waits, each one once, and all are delivered in their order when it is bound', async () => {
    for (const evidence of [FIRST, SECOND, FIRST]) assert.equal(await leave(evidence), undefined);
    assert.deepEqual(await types(), ['ProviderReportUnmatched', 'ProviderReportUnmatched']);
    await bind();
    assert.deepEqual(deliveries.made, [
      [FIRST, 1],
      [SECOND, 1],
    ]);
  });

  it('a callback after finds it, and leaves nothing', async () => {
    await bind();
    const found = await leave(FIRST);
    assert.deepEqual([found?.payoutId, found?.attempt], [PAYOUT, 1]);
    assert.deepEqual(await types(), ['ProviderReferenceBound']);
    assert.equal(await followUps.next(), undefined);
  });

  it('a delivery that failed is made again when the binding comes again', async () => {
    await leave(FIRST);
    deliveries.fails = true;
    await assert.rejects(bind(), /the store is away/);
    deliveries.fails = false;
    await bind();
    assert.deepEqual(deliveries.made, [[FIRST, 1]]);
    assert.deepEqual(await types(), ['ProviderReportUnmatched', 'ProviderReferenceBound']);
  });

  it("what is still unmatched after the card's time raises an alarm, and what was bound meanwhile doesn't", async () => {
    await leave(FIRST);
    clock.advance(1_000);
    // A repeat doesn't put it off.
    await leave(FIRST);
    const [due] = await followUps.due(clock.now() + ALARM_AFTER, 10);
    assert.equal(due?.dueAt, clock.now() - 1_000 + ALARM_AFTER);
    const stream = due.key.replace('unmatched-', '');
    const reports = new UnmatchedReports(store, logger);
    await reports.check(stream);
    assert.deepEqual(logger.alarms(), ['callback-unmatched']);
    await bind();
    await reports.check(stream);
    await reports.check('reference-dvpay-of-nobody');
    assert.deepEqual(logger.alarms(), ['callback-unmatched']);
  });
});

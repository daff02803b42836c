import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, it } from 'node:test';
import { EventLog } from './event-log.js';
import type { ProposedEvent } from './stored-event.js';
import { visibleRange } from './visible-range.js';

const NOW = 1_800_000_000_000;

const proposed = (id: string = randomUUID(), type = 'Probe', data = '{}'): ProposedEvent => ({
  id,
  type,
  contentType: 'application/json',
  data: Buffer.from(data),
  metadata: new Uint8Array(),
});

const metadata = (data: string): ProposedEvent => proposed(randomUUID(), '$metadata', data);

describe('the log of the stand-in for EventStoreDB', () => {
  let log: EventLog;

  beforeEach(() => {
    log = new EventLog((event) => Buffer.alloc(100 + event.data.length), randomUUID);
  });

  it('gives each event a place of its own, and an append that of its last', () => {
    const outcome = log.append('s', 'no-stream', [proposed(), proposed()], NOW);
    assert.deepEqual(
      [0, 1].map((index) => log.at(index)?.position),
      [0, 102],
    );
    assert.deepEqual(outcome, { outcome: 'written', lastRevision: 1n, position: 102 });
    assert.equal(log.end, 204);
    assert.deepEqual(
      [0, 1, 102, 103, 204].map((position) => log.indexAt(position)),
      [0, 1, 1, 2, 2],
    );
  });

  it('answers an append that it has with its first place, whatever its data', () => {
    const [first, second] = [proposed(), proposed()];
    log.append('s', 'no-stream', [first, second], NOW);
    log.append('s', 1n, [proposed()], NOW);
    const changed = { ...second, data: Buffer.from('{"other":true}') };
    assert.deepEqual(log.append('s', 'no-stream', [first, changed], NOW), {
      outcome: 'already',
      lastRevision: 1n,
      position: 102,
    });
    assert.deepEqual(log.append('s', 'no-stream', [first], NOW), {
      outcome: 'already',
      lastRevision: 0n,
      position: 0,
    });
    assert.equal(log.written, 3);
  });

  it('refuses what mixes old and new, and revisions that are not there', () => {
    const old = proposed();
    log.append('s', 'no-stream', [old], NOW);
    for (const events of [[old, proposed()], [proposed(), old], [proposed()], []]) {
      assert.deepEqual(log.append('s', 'no-stream', events, NOW), { outcome: 'wrong-revision', actual: 0n });
    }
    assert.deepEqual(log.append('s', 5n, [old], NOW), { outcome: 'wrong-revision', actual: 0n });
    assert.deepEqual(log.append('t', 0n, [old], NOW), { outcome: 'wrong-revision', actual: undefined });
  });

  it('forgets the ids of unconditional appends in a restart', () => {
    const event = proposed();
    assert.equal(log.append('s', 'any', [event], NOW).outcome, 'written');
    assert.equal(log.append('s', 'any', [event], NOW).outcome, 'already');
    log.forgetRecentIds();
    assert.equal(log.append('s', 'any', [event], NOW).outcome, 'written');
    assert.equal(log.append('s', 'no-stream', [event], NOW).outcome, 'already');
  });

  it('shows nothing before it is durable', () => {
    log.append('s', 'no-stream', [proposed()], NOW);
    log.settle(1);
    log.append('s', 0n, [proposed()], NOW);
    assert.deepEqual(visibleRange(log, 's', NOW), { kind: 'events', from: 0, to: 1 });
    log.settle(2);
    assert.deepEqual(visibleRange(log, 's', NOW), { kind: 'events', from: 0, to: 2 });
  });

  it('hides by $maxCount, $tb and $maxAge', () => {
    log.append('s', 'no-stream', [proposed(), proposed()], NOW - 10_000);
    log.append('s', 1n, [proposed()], NOW);
    const from = (setting: string): unknown => {
      log.append('$$s', 'any', [metadata(setting)], NOW);
      log.settle(log.written);
      return visibleRange(log, 's', NOW);
    };
    assert.deepEqual(from('{}'), { kind: 'events', from: 0, to: 3 });
    assert.deepEqual(from('{"$maxCount":1}'), { kind: 'events', from: 2, to: 3 });
    assert.deepEqual(from('{"$tb":1}'), { kind: 'events', from: 1, to: 3 });
    assert.deepEqual(from('{"$maxAge":5}'), { kind: 'events', from: 2, to: 3 });
  });

  it('goes on at the old numbers after a soft delete, and keeps the other metadata', () => {
    log.append('$$s', 'any', [metadata('{"$acl":{"$r":"x"}}')], NOW);
    log.append('s', 'no-stream', [proposed(), proposed()], NOW);
    log.delete('s', 1n, NOW);
    log.settle(log.written);
    assert.deepEqual(visibleRange(log, 's', NOW), { kind: 'missing' });
    assert.equal(log.append('s', 'stream-exists', [proposed()], NOW).outcome, 'deleted');
    const again = log.append('s', 'no-stream', [proposed()], NOW);
    assert.ok(again.outcome === 'written' && again.lastRevision === 2n);
    log.settle(log.written);
    assert.deepEqual(visibleRange(log, 's', NOW), { kind: 'events', from: 2, to: 3 });
    assert.deepEqual(log.metadataOf('s').acl, { $r: ['x'] });
  });

  it('takes nothing after a tombstone', () => {
    log.append('s', 'no-stream', [proposed()], NOW);
    assert.equal(log.tombstone('s', 5n, NOW).outcome, 'wrong-revision');
    assert.equal(log.tombstone('s', 0n, NOW).outcome, 'written');
    assert.equal(log.append('s', 0n, [proposed()], NOW).outcome, 'deleted');
    assert.deepEqual(visibleRange(log, 's', NOW), { kind: 'deleted' });
    assert.equal(log.at(1)?.type, '$streamDeleted');
  });
});

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { UnreadableEventError, type Json } from './fields.js';
import { decodeMetadata, encodeMetadata, type EventMetadata } from './metadata.js';

const WHOLE: EventMetadata = {
  version: 1,
  commandId: 'pay-1',
  causationId: 'pay-1',
  correlationId: 'pay-1',
  caller: { subject: 'payroll', issuer: 'internal', authenticatedBy: 'api-key' },
  recordedAt: Date.UTC(2026, 0, 15, 12),
  providerTime: '2026-01-15 19:00:00',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

describe('event metadata', () => {
  it('is stored and read back, with and without what is optional', () => {
    const { commandId: _c, providerTime: _p, traceparent: _t, ...least } = WHOLE;
    for (const metadata of [WHOLE, least]) {
      const stored = encodeMetadata(metadata);
      assert.deepEqual(decodeMetadata(JSON.parse(JSON.stringify(stored)) as typeof stored), metadata);
    }
    assert.equal(encodeMetadata(WHOLE)['recordedAt'], '2026-01-15T12:00:00.000Z');
  });

  it('always says version, cause, correlation, caller and time', () => {
    const stored = encodeMetadata(WHOLE);
    for (const name of ['version', 'causationId', 'correlationId', 'caller', 'recordedAt']) {
      const { [name]: _gone, ...rest } = stored;
      assert.throws(() => decodeMetadata(rest), UnreadableEventError, name);
    }
    const caller = stored['caller'] as Record<string, Json>;
    for (const name of ['subject', 'issuer', 'authenticatedBy']) {
      const { [name]: _gone, ...rest } = caller;
      assert.throws(() => decodeMetadata({ ...stored, caller: rest }), UnreadableEventError, name);
    }
    assert.throws(() => decodeMetadata({ ...stored, extra: 1 }), UnreadableEventError);
  });
});

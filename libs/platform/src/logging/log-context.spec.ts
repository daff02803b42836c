import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '#test/support/manual-clock';
import { withLogFields } from './log-context.js';
import { PinoLogger } from './pino-logger.js';

function subject() {
  const lines: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  };
  return {
    lines,
    logger: PinoLogger.create({ level: 'info', service: 's', clock: new ManualClock(), destination }),
  };
}

describe('what is said around a line', () => {
  it('is in every line of the work, however late, and in no other', async () => {
    const { lines, logger } = subject();
    const late = withLogFields({ payoutId: 'p', correlationId: 'c' }, async () => {
      logger.info('one');
      await Promise.resolve();
      withLogFields({ trace_id: 't' }, () => logger.alarm('two', { correlationId: 'own' }));
    });
    logger.info('three');
    await late;
    assert.deepEqual(
      lines.map(({ message, payoutId, correlationId, trace_id }) => [
        message,
        payoutId,
        correlationId,
        trace_id,
      ]),
      [
        ['one', 'p', 'c', undefined],
        ['three', undefined, undefined, undefined],
        ['alarm: two', 'p', 'own', 't'],
      ],
    );
  });

  it('is withheld like what the line itself says', () => {
    const { lines, logger } = subject();
    withLogFields({ beneficiary: 'CANARY' }, () => logger.info('one'));
    assert.equal(lines[0]?.['beneficiary'], '[withheld]');
  });
});

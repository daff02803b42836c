import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SystemClock } from '../time/system-clock.js';
import { NestLogger } from './nest-logger.js';
import { PinoLogger, type LogLevel } from './pino-logger.js';

const CANARY = 'CANARY-000123456789';

function newLogger(level: LogLevel = 'debug'): {
  logger: PinoLogger;
  lines: string[];
  last: () => Record<string, unknown>;
} {
  const lines: string[] = [];
  const logger = PinoLogger.create({
    level,
    service: 'test',
    clock: new SystemClock(),
    destination: { write: (line) => void lines.push(line) },
  });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('the log', () => {
  it('writes one JSON line per message, with level, time, service and fields', () => {
    const { logger, lines, last } = newLogger();
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      logger[level]('it happened', { position: 12n, at: 3 });
      const { time, pid, ...rest } = last();
      assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
      assert.equal(pid, process.pid);
      assert.deepEqual(rest, { level, service: 'test', message: 'it happened', position: '12', at: 3 });
    }
    assert.ok(lines.length === 4 && lines.every((line) => line.endsWith('}\n')));
  });

  it('leaves out what is under its level', () => {
    const { logger, lines } = newLogger('warn');
    logger.debug('x');
    logger.info('x');
    logger.warn('x');
    assert.equal(lines.length, 1);
  });

  it('marks alarms with a code that fields cannot replace', () => {
    const { logger, last } = newLogger();
    logger.child({ copy: 'a' }).alarm('unknown-vendor-status', { alarm: 'other', provider: 'x' });
    const { level, alarm, copy, provider } = last();
    assert.deepEqual([level, alarm, copy, provider], ['error', 'unknown-vendor-status', 'a', 'x']);
  });

  it('withholds personal and secret fields at any depth, in any spelling', () => {
    const { logger, lines } = newLogger();
    logger.info('x', {
      beneficiary: { holderName: CANARY },
      order: {
        Account_Number: CANARY,
        list: [{ 'x-api-key': CANARY }, new Map([['Authorization', CANARY]])],
      },
      error: Object.assign(new Error('safe', { cause: { password: CANARY } }), { body: CANARY }),
      bytes: Buffer.from(CANARY),
    });
    logger.child({ token: CANARY, nested: { email: CANARY } }).warn('y');
    logger.alarm('z', { headers: { cookie: [CANARY] } });
    assert.equal(lines.length, 3);
    assert.ok(!lines.join('').includes(CANARY));
    assert.ok(lines[0]?.includes('[withheld]') && lines[0].includes('[19 bytes]'));
  });

  it('withholds what JSON.parse quotes', () => {
    const { logger, lines, last } = newLogger();
    try {
      JSON.parse(`{"accountNumber":${CANARY}`);
      assert.fail('it was read');
    } catch (error) {
      assert.ok(String(error).includes('CANARY'));
      logger.error('unreadable', { error: new Error('outer', { cause: error }) });
    }
    assert.ok(!lines.join('').includes('CANARY'));
    assert.equal((last()['error'] as { cause: { name: string } }).cause.name, 'SyntaxError');
  });

  it('tells an error with its chain of causes, and survives a circle', () => {
    const { logger, last } = newLogger();
    const inner = Object.assign(new TypeError('inner'), { code: 'E_INNER' });
    inner.cause = inner;
    logger.error('x', { error: new RangeError('outer', { cause: inner }) });
    const error = last()['error'] as {
      name: string;
      message: string;
      stack: string[];
      cause: Record<string, unknown>;
    };
    assert.deepEqual([error.name, error.message], ['RangeError', 'outer']);
    assert.ok(error.stack.length > 0 && error.stack.every((line) => line.startsWith('at ')));
    assert.deepEqual(
      [error.cause['name'], error.cause['message'], error.cause['code']],
      ['TypeError', 'inner', 'E_INNER'],
    );
  });

  it("takes Nest's own words, with the class that speaks", () => {
    const { logger, last } = newLogger();
    const nest = new NestLogger(logger);
    nest.error('it failed', 'the stack', 'Router');
    const { level, message, context, more } = last();
    assert.deepEqual([level, message, context, more], ['error', 'it failed', 'Router', ['the stack']]);
    nest.error(new TypeError('bad'));
    assert.equal((last()['error'] as { message: string }).message, 'bad');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryLogger } from '#test/support/memory-logger';
import { ManualClock } from '#test/support/manual-clock';
import { COMMANDS, runSetup } from './run-setup.js';

async function run(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runSetup(args, COMMANDS, {
    env: {},
    clock: new ManualClock(),
    logger: new MemoryLogger(),
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('setup', () => {
  it('lists its commands', async () => {
    const { code, out } = await run('--help');
    assert.equal(code, 0);
    for (const name of Object.keys(COMMANDS)) assert.match(out, new RegExp(`^ +${name} `, 'm'));
  });

  it('refuses what it does not know, with the list', async () => {
    for (const args of [[], ['nothing'], ['toString'], ['migrate', '--fast']]) {
      const { code, err } = await run(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, /after-restore/);
    }
  });

  for (const [name, variable] of [
    ['topics', 'KAFKA_BROKERS'],
    ['migrate', 'KEYS_DATABASE_URL'],
    ['log', 'EVENTSTORE_URL'],
    ['rebuild', 'DATABASE_URL'],
    ['after-restore', 'DATABASE_URL'],
  ] as const) {
    it(`${name} names the variables that it lacks, and lists all of them`, async () => {
      const { code, err } = await run(name);
      assert.equal(code, 1);
      assert.match(err, new RegExp(`${variable}: it is not set; set ${variable}`));
      assert.match((await run(name, '--help')).out, new RegExp(`^${variable}=`, 'm'));
    });
  }
});

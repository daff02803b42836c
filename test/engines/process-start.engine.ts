import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ProgramLog } from '#test/support/faults/program-log';
import { ServiceProcess } from '#test/support/processes/service-process';
import { temporaryFolder } from '#test/support/temporary-folder';

/** How a program that can't start ends, and what it says. */
async function refusalOf(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly how: string; readonly says: string }> {
  const folder = temporaryFolder();
  const logFile = join(folder.path, 'log');
  const program = new ServiceProcess({ name: 'refused', script, args: ['--json'], env, logFile });
  const how = await program.start().then(
    () => 'it started',
    (error: unknown) => String(error),
  );
  await program.kill();
  const says = new ProgramLog(logFile).text;
  folder.remove();
  return { how, says };
}

describe('a program whose configuration is wrong', () => {
  const wrong = {
    EVENTSTORE_URL: 'http://log:2113',
    KAFKA_BROKERS: 'somewhere',
    DATABASE_URL: 'mysql://user:sekret-of-db@host/db',
    PAYOUT_MASTER_KEY: 'c2hvcnQ=',
    PAYOUT_STATUS_PORT: '99999',
    PAYOUT_LOG_LEVEL: 'loud',
    PAYOUT_API_PORT: 'none',
    PAYOUT_CALLBACK_PORT: '-1',
    PAYOUT_AUDIT_PORT: '1.5',
  };
  const programs: Readonly<Record<string, readonly string[]>> = {
    'apps/command/src/main.js': [
      'EVENTSTORE_URL',
      'KAFKA_BROKERS',
      'DATABASE_URL',
      'KEYS_DATABASE_URL',
      'PAYOUT_MASTER_KEY',
      'PAYOUT_OPERATOR_TOKEN',
    ],
    'apps/callback/src/main.js': ['KAFKA_BROKERS', 'PAYOUT_CALLBACK_PORT'],
    'apps/projection/src/main.js': ['EVENTSTORE_URL', 'DATABASE_URL'],
    'apps/query/src/main.js': ['KAFKA_BROKERS', 'DATABASE_URL', 'PAYOUT_API_PORT'],
    'apps/audit/src/serve.js': ['EVENTSTORE_URL', 'DATABASE_URL', 'PAYOUT_AUDIT_PORT'],
  };
  for (const [script, variables] of Object.entries(programs)) {
    it(`${script} names every mistake with its remedy and ends with 1`, async () => {
      const { how, says } = await refusalOf(script, wrong);
      assert.match(how, /\(code 1\)/);
      for (const variable of [...variables, 'PAYOUT_STATUS_PORT', 'PAYOUT_LOG_LEVEL'])
        assert.match(says, new RegExp(`${variable}: .+; set ${variable}`), variable);
      assert.doesNotMatch(says, /sekret|^ {4}at /m);
    });
  }

  it('what single variables do not show is named as well', async () => {
    const { how, says } = await refusalOf('apps/query/src/main.js', {
      KAFKA_BROKERS: '127.0.0.1:9',
      KAFKA_SASL_USERNAME: 'ledger',
      DATABASE_URL: 'postgres://user:password@127.0.0.1:9/none',
      PAYOUT_STATUS_PORT: '0',
      PAYOUT_API_PORT: '0',
    });
    assert.match(how, /\(code 1\)/);
    assert.match(says, /KAFKA_SASL_USERNAME.*set KAFKA_SASL_MECHANISM/);
    assert.doesNotMatch(says, /^ {4}at /m);
  });

  it('a port that is taken is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const common = {
      KAFKA_BROKERS: '127.0.0.1:9',
      DATABASE_URL: 'postgres://user:password@127.0.0.1:9/none',
      PAYOUT_STATUS_HOST: '127.0.0.1',
    };
    for (const ports of [
      { PAYOUT_STATUS_PORT: String(port), PAYOUT_API_PORT: '0' },
      { PAYOUT_STATUS_PORT: '0', PAYOUT_API_PORT: String(port) },
    ]) {
      const { how, says } = await refusalOf('apps/query/src/main.js', { ...common, ...ports });
      assert.match(how, /\(code 1\)/);
      assert.match(says, new RegExp(`port ${port} is taken by another program: .*set another port`));
      assert.doesNotMatch(says, /^ {4}at /m);
    }
    other.close();
  });
});

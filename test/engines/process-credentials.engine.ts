import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { FaultWorld } from '#test/support/faults/fault-world';
import { SASL_USER } from '#test/support/kafka/broker-config';
import { temporaryFolder } from '#test/support/temporary-folder';

const SETUP = fileURLToPath(new URL('../../apps/setup/src/main.js', import.meta.url));
const ADMIN = 'admin:only-for-tests';
const LEDGER = 'ledger:of-the-ledger';

describe('programs that an engine does not let in', () => {
  const certificates = temporaryFolder();
  let world: FaultWorld;
  const as = (url: string, credentials: string): string =>
    `${url.replace('esdb://', `esdb://${credentials}@`)}&tlsCAFile=${join(certificates.path, 'stand-in.crt')}`;
  before(async () => {
    world = await FaultWorld.start({
      standInArgs: ['--users', ADMIN, '--tls', certificates.path],
      withLogUser: (url) => as(url, LEDGER),
      envOf: ({ kafka }) => {
        const sasl = {
          KAFKA_BROKERS: kafka.saslBrokers,
          KAFKA_SASL_MECHANISM: 'plain',
          KAFKA_SASL_USERNAME: SASL_USER.username,
        };
        return {
          'command-1': { ...sasl, KAFKA_SASL_PASSWORD: SASL_USER.password },
          callback: { ...sasl, KAFKA_SASL_PASSWORD: 'not-the-one' },
        };
      },
    });
  });
  after(async () => {
    await world.end();
    certificates.remove();
  });

  it('say that the log refuses their user, and go on when it is made', async () => {
    await world.launch('command-1', 'projection');
    const refused = /refuses our user: check user and password in EVENTSTORE_URL/;
    const unread = /lets our user not read: check user and password in EVENTSTORE_URL/;
    await world.untilWaits('command-1', { log: refused, 'ledger-process': unread, publisher: unread });
    await world.untilWaits('projection', {
      log: refused,
      payouts: unread,
      'payout-timeline': unread,
      accounts: unread,
    });
    for (const name of ['command-1', 'projection'] as const) {
      await world.log(name).untilHas('"level":"error"', 'EventStoreDB refuses our user');
      assert.ok(!world.log(name).text.includes('of-the-ledger'), 'the password is in no line');
    }
    const made = spawnSync(process.execPath, [SETUP, 'log'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_EXTRA_CA_CERTS: join(certificates.path, 'stand-in.crt'),
        EVENTSTORE_URL: world.engines.eventStoreUrl,
        EVENTSTORE_ADMIN_URL: as(world.engines.standIn?.url ?? '', ADMIN),
      },
      encoding: 'utf8',
    });
    assert.equal(made.status, 0, made.stderr);
    await world.untilReady('command-1');
    await world.untilReady('projection');
  });

  it('say that Kafka refuses their login, and which settings it is', async () => {
    await world.launch('callback');
    const refused =
      /Kafka refuses the login of payout: correct KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD or KAFKA_SASL_MECHANISM/;
    await world.untilWaits('callback', { bus: refused });
    await world.log('callback').untilHas('"level":"warn"', 'Kafka refuses the login of payout');
    assert.ok(!world.log('callback').text.includes('not-the-one'), 'the password is in no line');
  });

  it('work with the right ones', async () => {
    await world.connectCaller();
    await world.openAccount('acme');
    await world.pay('acme', 10);
    await world.assertNothingLost();
    world.assertNobodyDied();
  });
});

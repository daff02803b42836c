import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { page, ROOT } from '#test/docs/pages';
import { buildImageTree, sizeOf, type ImageSettings } from '#test/packaging/image-tree';
import { eventually } from '#test/support/eventually';
import { startEventStoreDb, type StartedEventStoreDb } from '#test/support/eventstoredb/start-eventstoredb';
import { startKafka, type StartedKafka } from '#test/support/kafka/start-kafka';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';
import { testDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { ImageProgram, type ProgramRun } from '#test/support/processes/image-program';

/*
 * The image, as far as it can be had without Docker: its tree is made by the Dockerfile's own steps, and the programs
 * are started out of it as the image starts them.
 */

const MASTER_KEY = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';
const LARGEST = 80_000_000;
const APPS = ['command', 'callback', 'projection', 'query', 'audit'] as const;

const folder = mkdtempSync(join(tmpdir(), 'image-'));
const tree = join(folder, 'tree');
let settings: ImageSettings;

before(() => {
  // The image's user has to get in.
  chmodSync(folder, 0o755);
  settings = buildImageTree({ project: fileURLToPath(ROOT), to: tree });
});
after(() => rmSync(folder, { recursive: true, force: true }));

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ImageProgram {
  return new ImageProgram({ tree, settings }, args, env);
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProgramRun> {
  return start(args, env).ended;
}

/** Resolves when the image's own health check says yes. */
async function healthy(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  timeoutMs = 60_000,
): Promise<void> {
  let last: ProgramRun | undefined;
  const said = async (): Promise<boolean> => {
    last = await run(['health', ...args], env);
    return last.code === 0;
  };
  await eventually(said, timeoutMs).catch((error: unknown) => {
    throw new Error(`not healthy: ${last?.stderr ?? ''}`, { cause: error });
  });
}

describe('the tree of the image', () => {
  it('is small', (test) => {
    const { bytes, files } = sizeOf(tree);
    test.diagnostic(`${(bytes / 1e6).toFixed(1)} MB in ${files} files, without the base image`);
    assert.ok(bytes < LARGEST, `${bytes} bytes`);
  });

  it('has exactly the packages that production needs', () => {
    const { packages } = JSON.parse(page('package-lock.json')) as {
      packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>;
    };
    for (const [path, { dev, optional, devOptional }] of Object.entries(packages)) {
      if (path === '') continue;
      const wanted = dev !== true && optional !== true && devOptional !== true;
      const name = path.replace(/^.*node_modules\//, '');
      // All there is of these are types, which are left out.
      if (wanted && name.startsWith('@types/')) continue;
      assert.equal(existsSync(join(tree, 'app', path, 'package.json')), wanted, path);
    }
  });

  it('has no source, no test and no setting of a developer’s machine', () => {
    const files = readdirSync(tree, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(readdirSync(tree).sort(), ['app', 'data']);
    assert.deepEqual(readdirSync(join(tree, 'app')).sort(), [
      'LICENSE',
      'bin',
      'dist',
      'node_modules',
      'package.json',
    ]);
    assert.deepEqual(readdirSync(join(tree, 'app/dist')).sort(), ['apps', 'libs']);
    assert.deepEqual(
      files.filter((file) => /\.[mc]?ts$/.test(file)),
      [],
    );
    const ours = files.filter((file) => file.startsWith('app/dist/'));
    assert.ok(ours.length > 500);
    assert.deepEqual(
      ours.filter((file) => /\.spec\.|\/(?:testing|golden|fixtures)\/|apps\/demo/.test(file)),
      [],
    );
  });
});

describe('a program out of the image', () => {
  for (const app of APPS) {
    it(`${app} says what it reads, and what is missing`, async () => {
      const help = await run([app, '--help']);
      assert.equal(help.code, 0, help.stderr);
      assert.match(help.stdout, new RegExp(`^${app}: `));
      const { code, stderr } = await run([app]);
      assert.equal(code, 1);
      assert.match(stderr, /^the configuration is not usable:\n {2}[A-Z_]+: it is not set; set /);
    });
  }

  it('is found by its name only', async () => {
    const { code, stderr } = await run(['comand']);
    assert.equal(code, 64);
    assert.match(stderr, /^usage: payout-ledger <program>/);
    for (const args of [
      ['payout-ops', '--help'],
      ['audit-cli', '--help'],
      ['setup', '--help'],
      ['sandbox', '--help'],
    ]) {
      assert.equal((await run(args)).code, 0, args.join(' '));
    }
  });

  it('runs the embedded ledger, says that it is ready, and stops in order', async () => {
    const data = join(folder, 'data');
    mkdirSync(data);
    if (process.getuid?.() === 0)
      chownSync(data, ...(settings.user.split(':').map(Number) as [number, number]));
    const service = start(['embedded', '--json'], {
      PAYOUT_MASTER_KEY: MASTER_KEY,
      PAYOUT_DATA_FOLDER: data,
      PAYOUT_API_PORT: '0',
      PAYOUT_CALLBACK_PORT: '0',
      PAYOUT_OPERATOR_PORT: '0',
      PAYOUT_BUS_PORT: '0',
    });
    const { api } = await service.addresses;
    await healthy(['ready', `${String(api)}/health/ready`]);
    const { code, stderr } = await service.stop();
    assert.equal(code, 0, stderr);
  });
});

describe('the five programs out of the image, on engines', () => {
  let kafka: StartedKafka;
  let postgres: StartedPostgres;
  let log: StartedEventStoreDb;
  let data: TestDatabase;
  let keys: TestDatabase;
  let env: Readonly<Record<string, string>>;
  const programs: ImageProgram[] = [];

  before(async () => {
    [kafka, postgres, log] = await Promise.all([startKafka(), startPostgres(), startEventStoreDb()]);
    [data, keys] = await Promise.all([testDatabase(postgres.url), testDatabase(postgres.url)]);
    env = {
      KAFKA_BROKERS: kafka.brokers,
      KAFKA_PREFIX: `image-${process.pid}-`,
      KAFKA_REPLICATION: '1',
      KAFKA_PARTITIONS: '2',
      DATABASE_URL: data.url,
      KEYS_DATABASE_URL: keys.url,
      EVENTSTORE_URL: log.url,
      PAYOUT_MASTER_KEY: MASTER_KEY,
      PAYOUT_OPERATOR_TOKEN: 'an-operator-token-of-the-tests-1',
      PAYOUT_STATUS_HOST: '127.0.0.1',
      ...Object.fromEntries(
        ['STATUS', 'API', 'CALLBACK', 'OPERATOR', 'AUDIT'].map((port) => [`PAYOUT_${port}_PORT`, '0']),
      ),
    };
  });
  after(async () => {
    await Promise.all(programs.map((program) => program.stop('SIGKILL')));
    await Promise.all([data.drop(), keys.drop()]);
    await Promise.all([kafka.stop(), postgres.stop(), log.stop()]);
  });

  it('are prepared by the commands that the Compose file runs, as often as one likes', async () => {
    for (const command of ['topics', 'migrate', 'log', 'topics', 'migrate', 'log']) {
      const { code, stdout, stderr } = await run(['setup', command], env);
      assert.equal(code, 0, `setup ${command}:\n${stdout}${stderr}`);
    }
  });

  it('become ready, each by the health check of the image, show their metrics, and stop in order', async () => {
    for (const app of APPS) programs.push(start([app, '--json'], env));
    for (const [at, app] of APPS.entries()) {
      const { status = '' } = (await programs[at]?.addresses) ?? {};
      const { port } = new URL(status);
      await healthy(['ready'], { ...env, PAYOUT_STATUS_PORT: port });
      const metrics = await (await fetch(`${status}/metrics`)).text();
      assert.match(metrics, /^payout_ready\{check="\w+"\} 1$/m, app);
    }
    const ends = await Promise.all(programs.splice(0).map((program) => program.stop()));
    assert.deepEqual(
      ends.map(({ code }) => code),
      APPS.map(() => 0),
      ends.map(({ stderr }) => stderr.slice(-2_000)).join('\n'),
    );
  });
});

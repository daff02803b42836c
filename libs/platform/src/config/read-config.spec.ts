import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MasterKey } from '../vault/master-key.js';
import { ConfigError, describeConfig, readConfig, type ConfigProblem } from './read-config.js';
import { flag, httpUrl, integer, oneOf, parsedSecret, secret, text } from './setting.js';

const schema = {
  port: integer('HTTP_PORT', { description: 'Port of the HTTP gateway', min: 0, max: 65_535, default: 3000 }),
  folder: text('DATA_FOLDER', { description: 'Where the data lies' }),
  label: text('INSTANCE', { description: 'Name of this copy', optional: true }),
  store: oneOf('STORE', ['sqlite', 'memory'], { description: 'Where events lie', default: 'sqlite' }),
  quiet: flag('QUIET', { description: 'No progress line', default: false }),
  dvpay: httpUrl('DVPAY_URL', { description: 'Address of DVPay' }),
  token: secret('DVPAY_TOKEN', { description: 'Token of DVPay' }),
  masterKey: parsedSecret('MASTER_KEY', {
    description: 'Root of all keys',
    expects: '32 random bytes',
    read: (value) => MasterKey.parse(value),
  }),
};

const GOOD = {
  DATA_FOLDER: '/data',
  DVPAY_URL: 'https://dvpay.example/api/',
  DVPAY_TOKEN: 'abcdefghijklmnop-0123',
  MASTER_KEY: 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=',
};

function problemsOf(env: Record<string, string | undefined>): readonly ConfigProblem[] {
  try {
    readConfig(schema, env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    for (const { variable, problem } of error.problems) {
      assert.ok(error.message.includes(variable) && error.message.includes(problem));
      assert.ok(problem.includes(`set ${variable}`), 'it names the remedy');
    }
    for (const name of ['DVPAY_TOKEN', 'MASTER_KEY']) {
      const value = env[name]?.trim() ?? '';
      if (value.length >= 6) assert.ok(!error.message.includes(value.slice(0, 6)), `it shows ${name}`);
    }
    return error.problems;
  }
  return [];
}

describe('the configuration', () => {
  it('is read into its types, with defaults', () => {
    const config = readConfig(schema, GOOD);
    const port: number = config.port;
    const store: 'sqlite' | 'memory' = config.store;
    const label: string | undefined = config.label;
    const masterKey: MasterKey = config.masterKey;
    assert.deepEqual(
      [port, config.folder, label, store, config.quiet],
      [3000, '/data', undefined, 'sqlite', false],
    );
    assert.deepEqual([config.dvpay, config.token], ['https://dvpay.example/api', GOOD.DVPAY_TOKEN]);
    assert.equal(masterKey.id, MasterKey.parse(GOOD.MASTER_KEY).id);
    const other = readConfig(schema, {
      ...GOOD,
      HTTP_PORT: '0',
      STORE: 'memory',
      QUIET: 'true',
      INSTANCE: 'a',
    });
    assert.deepEqual([other.port, other.store, other.quiet, other.label], [0, 'memory', true, 'a']);
  });

  it('names all mistakes at once, in the order of the schema', () => {
    const problems = problemsOf({
      HTTP_PORT: '80a',
      STORE: 'mysql',
      QUIET: 'yes',
      DVPAY_URL: 'ftp://x',
      DVPAY_TOKEN: 'short',
      MASTER_KEY: Buffer.alloc(32).toString('base64'),
    });
    assert.deepEqual(
      problems.map(({ variable }) => variable),
      ['HTTP_PORT', 'DATA_FOLDER', 'STORE', 'QUIET', 'DVPAY_URL', 'DVPAY_TOKEN', 'MASTER_KEY'],
    );
  });

  const wrong: readonly (readonly [string, string])[] = [
    ...['65536', '-1', '1.5', '1e3', ' 80', '0x50', '９'].map((value) => ['HTTP_PORT', value] as const),
    ...['SQLITE', 'sqlite '].map((value) => ['STORE', value] as const),
    ...['TRUE', '1', 'no'].map((value) => ['QUIET', value] as const),
    ...['x', '//x', 'https://u:p@x', 'https://x?a', 'https://x#a', 'file:///x', ''].map(
      (value) => ['DVPAY_URL', value] as const,
    ),
    ...['', '   ', 'fifteen-charact', 'aaaaaaaaaaaaaaaaaaaaa', 'ababababababababab'].map(
      (value) => ['DVPAY_TOKEN', value] as const,
    ),
    ...['', 'secret-words-of-mine', 'AAAA'.repeat(11)].map((value) => ['MASTER_KEY', value] as const),
    ['DATA_FOLDER', ' '],
  ];
  for (const [variable, value] of wrong) {
    it(`refuses ${variable}=${JSON.stringify(value)}`, () => {
      assert.deepEqual(
        problemsOf({ ...GOOD, [variable]: value }).map((problem) => problem.variable),
        [variable],
      );
    });
  }

  it('takes secrets from files, and only from one place', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      const file = join(folder, 'token');
      writeFileSync(file, 'a-token-from-a-file\n');
      const { DVPAY_TOKEN, ...rest } = GOOD;
      assert.equal(readConfig(schema, { ...rest, DVPAY_TOKEN_FILE: file }).token, 'a-token-from-a-file');
      assert.match(
        problemsOf({ ...rest, DVPAY_TOKEN, DVPAY_TOKEN_FILE: file })[0]?.problem ?? '',
        /set as well/,
      );
      assert.match(problemsOf({ ...rest, DVPAY_TOKEN_FILE: `${file}x` })[0]?.problem ?? '', /ENOENT/);
      writeFileSync(file, '\n');
      assert.match(problemsOf({ ...rest, DVPAY_TOKEN_FILE: file })[0]?.problem ?? '', /not set/);
      writeFileSync(file, 'too-short\n');
      assert.deepEqual(problemsOf({ ...rest, DVPAY_TOKEN_FILE: file }).length, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('shows no secret, even when its reader quotes it', () => {
    const careless = parsedSecret('KEY', {
      description: 'x',
      expects: 'JSON',
      read: (value) => JSON.parse(value) as unknown,
    });
    assert.throws(
      () => readConfig({ careless }, { KEY: 'hunter2-hunter2' }),
      (error) => error instanceof ConfigError && !error.message.includes('hunter'),
    );
  });

  it('describes itself as an .env.example', () => {
    const described = describeConfig(schema);
    assert.match(
      described,
      /# Port of the HTTP gateway\n# Optional: a whole number from 0 to 65535\.\n# HTTP_PORT=3000\n/,
    );
    assert.match(
      described,
      /# Required: 32 random bytes\.\n# Or the path of a file that holds it: MASTER_KEY_FILE=\nMASTER_KEY=\n/,
    );
    for (const { name } of Object.values(schema)) assert.match(described, new RegExp(`^(# )?${name}=`, 'm'));
  });
});

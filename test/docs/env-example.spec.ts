import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMBEDDED_SCHEMA, readEmbeddedConfig } from '#embedded/config';
import { envExample, productionEnvExample, PROGRAMS } from './env-example.js';
import { page } from './pages.js';

const NAMES = Object.values(EMBEDDED_SCHEMA).map(({ name }) => name);

describe('.env.example', () => {
  it('is what the schema says (else: npm run build && node dist/test/docs/write-env-example.js)', () => {
    assert.equal(page('.env.example'), envExample());
  });

  it('is a start: with the one secret that it asks for, the service can be configured from it', () => {
    const lines = page('.env.example').split('\n');
    const asked = lines.filter((line) => /^[A-Z_]+=$/.test(line));
    assert.deepEqual(asked, ['PAYOUT_MASTER_KEY=']);
    const config = readEmbeddedConfig({ PAYOUT_MASTER_KEY: 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=' });
    assert.equal(config.dataFolder, './data');
  });

  it('has no variable twice, and docs/configuration.md has each', () => {
    assert.equal(new Set(NAMES).size, NAMES.length);
    const configuration = page('docs/configuration.md');
    for (const name of NAMES) assert.ok(configuration.includes(`| \`${name}\``), name);
  });
});

describe('.env.production.example', () => {
  const text = page('.env.production.example');

  it('is what the schemas say (else: npm run build && node dist/test/docs/write-env-example.js)', () => {
    assert.equal(text, productionEnvExample());
  });

  it('has every variable of every program once, and docs/configuration.md has each', () => {
    const configuration = page('docs/configuration.md');
    const names = new Set(
      Object.values(PROGRAMS).flatMap((schema) => Object.values(schema).map(({ name }) => name)),
    );
    for (const name of names) {
      assert.equal(text.match(new RegExp(`^(# )?${name}=`, 'gm'))?.length, 1, name);
      assert.ok(configuration.includes(`| \`${name}\``), `docs/configuration.md has no ${name}`);
    }
  });
});

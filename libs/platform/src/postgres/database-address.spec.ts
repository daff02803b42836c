import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError, describeConfig, readConfig } from '../config/read-config.js';
import { temporaryFolder } from '#test/support/temporary-folder';
import { databaseAddress } from './database-address.js';
import { DATABASE_SETTINGS, KEYS_DATABASE_SETTINGS } from './settings.js';

describe('the address of a database', () => {
  it('is read whole', () => {
    const { password, ...rest } = databaseAddress(
      'postgres://ledger:p%40ss%3Aw%2Ford@db.example:6432/payouts',
    );
    assert.deepEqual(rest, {
      host: 'db.example',
      port: 6432,
      user: 'ledger',
      database: 'payouts',
      tls: undefined,
      shown: 'ledger@db.example:6432/payouts',
    });
    assert.equal(password(), 'p@ss:w/ord');
  });

  it('may do without port and password, and may be of the longer protocol name or an IP version 6', () => {
    const { host, port, password, shown } = databaseAddress(' postgresql://ledger@[::1]/payouts\n');
    assert.deepEqual([host, port, password(), shown], ['::1', 5432, '', 'ledger@::1:5432/payouts']);
  });

  it('shows its password to nobody who prints it', () => {
    const address = databaseAddress('postgres://ledger:hush-hush@db/payouts');
    assert.ok(!`${inspect(address, { depth: 9 })}${JSON.stringify(address)}`.includes('hush-hush'));
  });

  for (const [text, why] of [
    ['', /no address/],
    ['db.example', /no address/],
    ['mysql://ledger@db/payouts', /postgres:\/\//],
    ['postgres://db/payouts', /no user/],
    ['postgres://ledger:hush-hush@db', /no database/],
    ['postgres://ledger:hush-hush@db/', /no database/],
    ['postgres://ledger:hush-hush@db/a/b', /no database/],
    ['postgres://ledger:hush-hush@/payouts', /no address|no host/],
    ['postgres://ledger:100%hush@db/payouts', /%25/],
    ['postgres://ledger:hush-hush@db/payouts?sslmode=prefer', /sslmode is none of/],
    ['postgres://ledger:hush-hush@db/payouts?sslmode=verify-ca', /sslmode is none of/],
    ['postgres://ledger:hush-hush@db/payouts?options=-csearch_path%3Dx', /only sslmode and sslrootcert/],
    ['postgres://ledger:hush-hush@db/payouts?sslmode=require&sslrootcert=/ca.pem', /for sslmode=verify-full/],
    ['postgres://ledger:hush-hush@db/payouts?sslmode=verify-full&sslrootcert=/no/ca.pem', /ENOENT/],
  ] as const) {
    it(`is refused: ${text}`, () => {
      assert.throws(
        () => databaseAddress(text),
        (error) => error instanceof RangeError && why.test(error.message) && !error.message.includes('hush'),
      );
    });
  }

  it('says how the server is known', (t) => {
    const folder = temporaryFolder();
    t.after(() => folder.remove());
    const file = join(folder.path, 'ca.pem');
    writeFileSync(file, 'CERTIFICATE');
    const tls = (host: string, query: string) => databaseAddress(`postgres://u@${host}/d?${query}`).tls;
    assert.equal(tls('db', 'sslmode=disable'), undefined);
    assert.deepEqual(tls('db', 'sslmode=require'), { rejectUnauthorized: false });
    assert.deepEqual(tls('db', 'sslmode=verify-full'), {});
    assert.deepEqual(tls('10.0.0.7', 'sslmode=verify-full'), { host: '10.0.0.7' });
    assert.deepEqual(tls('db', `sslmode=verify-full&sslrootcert=${encodeURIComponent(file)}`), {
      ca: 'CERTIFICATE',
    });
  });

  it('is a secret among the settings', () => {
    const schema = { ...DATABASE_SETTINGS, ...KEYS_DATABASE_SETTINGS };
    const { databaseUrl, keysDatabaseUrl } = readConfig(schema, {
      DATABASE_URL: 'postgres://ledger:a@db/payouts',
      KEYS_DATABASE_URL: 'postgres://keys:b@vault/keys',
    });
    assert.equal(databaseUrl.shown, 'ledger@db:5432/payouts');
    assert.equal(keysDatabaseUrl.shown, 'keys@vault:5432/keys');
    assert.throws(
      () => readConfig(schema, { DATABASE_URL: 'postgres://ledger:hush-hush@db', KEYS_DATABASE_URL: '' }),
      (error) =>
        error instanceof ConfigError &&
        /DATABASE_URL: it names no database; set DATABASE_URL \(or DATABASE_URL_FILE\) to postgres:/.test(
          error.message,
        ) &&
        /KEYS_DATABASE_URL: it is not set/.test(error.message) &&
        !error.message.includes('hush'),
    );
    assert.match(describeConfig(schema), /DATABASE_URL_FILE/);
  });
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { temporaryFolder } from '#test/support/temporary-folder';
import { readProvidersFile } from './providers-file.js';

describe("the providers' file", () => {
  const { path: folder, remove } = temporaryFolder();
  after(remove);
  const fileWith = (content: string): string => {
    const path = join(folder, 'providers.json');
    writeFileSync(path, content);
    return path;
  };

  it('may be absent: then nobody is paid', () => {
    assert.deepEqual(readProvidersFile(undefined), { settings: {} });
  });

  it('gives its settings as they are', () => {
    const content = { settings: { dvpay: { clientId: 'x' } }, timing: { dvpay: { parkAfter: 1 } } };
    assert.deepEqual(readProvidersFile(fileWith(JSON.stringify(content))), content);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['a provider that nobody knows', '{"settings":{"dvpya":{}}}', /"dvpya", which is no provider; there are/],
    ['an empty provider', '{"settings":{"dvpay":null}}', /settings\.dvpay has to be an object/],
    ['settings in a list', '{"settings":[]}', /write \{"settings"/],
    ['nothing', 'null', /write \{"settings"/],
    ['an unknown timing', '{"settings":{},"timing":{"x":{}}}', /timing names "x"/],
    ['no JSON', 'key: secret-value', /is not JSON$/],
  ];
  for (const [what, content, message] of wrong) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => readProvidersFile(fileWith(content)), { name: 'ProvidersFileError', message });
    });
  }

  it('is named when it is missing', () => {
    assert.throws(
      () => readProvidersFile(join(folder, 'none.json')),
      /PAYOUT_PROVIDERS_FILE: .*can't be read/,
    );
  });
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { temporaryFolder } from '#test/support/temporary-folder';
import { SystemIds } from '#platform/ids/system-ids';
import { OutboundHttp } from '#platform/http/outbound-http';
import { ManualClock } from '#test/support/manual-clock';
import { readProvidersFile, registryOf } from './providers-file.js';

class UnusedHttp extends OutboundHttp {
  send(): never {
    throw new Error('nothing is sent here');
  }
}

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
    ['hosts that are no list', '{"settings":{},"plainHttpHosts":"sandbox"}', /as a list of host names/],
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

  it('lets requests go without TLS to this machine and to the hosts that it names, and to no other', () => {
    const dvpay = (host: string) => ({
      baseUrl: `http://${host}/dvpay`,
      appId: 'sandbox',
      apiKey: 'sandbox-dvpay-api-key',
      webhookSecret: 'sandbox-dvpay-webhook-secret',
    });
    const parts = { http: new UnusedHttp(), clock: new ManualClock(), ids: new SystemIds() };
    const names = (host: string, plainHttpHosts?: readonly string[]) =>
      registryOf(
        { settings: { dvpay: dvpay(host) }, ...(plainHttpHosts === undefined ? {} : { plainHttpHosts }) },
        parts,
      ).names();
    assert.deepEqual(names('127.0.0.1:4010'), ['dvpay']);
    assert.deepEqual(names('sandbox:4010', ['sandbox']), ['dvpay']);
    for (const host of ['sandbox', 'sandbox.evil.example', 'evil-sandbox']) {
      const named = host === 'sandbox' ? [] : ['sandbox'];
      assert.throws(() => names(host, named), { name: 'ProviderSettingsError' });
    }
  });
});

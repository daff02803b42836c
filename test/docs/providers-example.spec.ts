import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PROVIDER_NAMES } from '#domain/provider/provider-name';
import { readProvidersFile, type ProvidersFile } from '#providers/providers-file';
import { ProviderRegistry } from '#providers/registry';
import { CountingIds, FixedClock, SilentHttp } from '#test/support/provider-doubles';
import { ROOT } from './pages.js';

const PARTS = { http: new SilentHttp(), clock: new FixedClock(), ids: new CountingIds() };

function fileOf(path: string): ProvidersFile {
  return readProvidersFile(fileURLToPath(new URL(path, ROOT)));
}

/** No private key lies in the project, not even one that opens nothing: a reader puts theirs there. */
function withKeys({ settings, ...rest }: ProvidersFile): ProvidersFile {
  const { chainpay } = settings;
  assert.ok(chainpay);
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const keys = { privateKey: pair.privateKey, platformPublicKey: pair.publicKey };
  return { ...rest, settings: { ...settings, chainpay: { ...chainpay, ...keys } } };
}

describe('the examples of a providers file', () => {
  it('docs/providers.example.json sets up all providers, once it has keys', () => {
    const { settings, timing } = withKeys(fileOf('docs/providers.example.json'));
    assert.deepEqual(ProviderRegistry.build(settings, PARTS, timing).names(), PROVIDER_NAMES);
  });

  it('without keys it is refused, with the remedy', () => {
    const { settings } = fileOf('docs/providers.example.json');
    assert.throws(() => ProviderRegistry.build(settings, PARTS), {
      name: 'ProviderSettingsError',
      message: /chainpay.*privateKey.*RSA private key/s,
    });
  });

  it("holds addresses that are nobody's", () => {
    const text = JSON.stringify(fileOf('docs/providers.example.json'));
    for (const [, host] of text.matchAll(/https?:\/\/([^/"]+)/g)) assert.match(host ?? '', /\.example\.com$/);
  });

  it('docs/examples/sandbox-providers.json sets up those whose credentials the sandbox has', () => {
    const { settings, timing } = fileOf('docs/examples/sandbox-providers.json');
    assert.deepEqual(ProviderRegistry.build(settings, PARTS, timing).names(), [
      'dvpay',
      'goldenpay',
      'cashy',
      'revere',
    ]);
  });
});

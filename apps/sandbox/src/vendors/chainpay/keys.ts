import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChainpaySettings } from '../../settings.js';

/** PEM texts of what the vendor holds: the merchant's public key and its own private one. */
export interface ChainpayKeys {
  readonly merchantPublicKey: string;
  readonly platformPrivateKey: string;
}

/**
 * The keys of the settings or, where they have none, pairs that are made once in the data folder:
 * `chainpay-merchant-{private,public}.pem` and `chainpay-platform-{private,public}.pem`. A driver gives the merchant's
 * private and the platform's public key to the service under test.
 */
export function chainpayKeys(settings: ChainpaySettings, folder: string): ChainpayKeys {
  makePair(folder, 'merchant');
  makePair(folder, 'platform');
  return {
    merchantPublicKey:
      settings.merchantPublicKey ?? readFileSync(pemPath(folder, 'merchant', 'public'), 'utf8'),
    platformPrivateKey:
      settings.platformPrivateKey ?? readFileSync(pemPath(folder, 'platform', 'private'), 'utf8'),
  };
}

function makePair(folder: string, owner: 'merchant' | 'platform'): void {
  const privatePath = pemPath(folder, owner, 'private');
  const publicPath = pemPath(folder, owner, 'public');
  if (existsSync(privatePath) && existsSync(publicPath)) return;
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(privatePath, pair.privateKey, { mode: 0o600 });
  writeFileSync(publicPath, pair.publicKey);
}

function pemPath(folder: string, owner: 'merchant' | 'platform', half: 'private' | 'public'): string {
  return join(folder, `chainpay-${owner}-${half}.pem`);
}

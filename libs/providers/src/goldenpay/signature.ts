import { createHash } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import { sameHexDigest } from '../wire/constant-time.js';
import type { WireObject } from '../wire/lossless-json.js';
import type { GoldenpayConfig } from './settings.js';

type SigningConfig = Pick<GoldenpayConfig, 'apiToken' | 'keyPlacement' | 'digestCase'>;

/** `k=v&…` of everything but `sign`, empty values left out, in ASCII order of the names, values as they are. */
export function baseString(parameters: Readonly<Record<string, string>>): string {
  return Object.keys(parameters)
    .filter((name) => name !== 'sign' && parameters[name] !== '')
    .sort()
    .map((name) => `${name}=${parameters[name] ?? ''}`)
    .join('&');
}

/** The text that is hashed: by default the API token stands before it. */
export function preSignString(parameters: Readonly<Record<string, string>>, config: SigningConfig): string {
  const base = baseString(parameters);
  switch (config.keyPlacement) {
    case 'prefix':
      return `${config.apiToken}&${base}`;
    case 'suffix':
      return `${base}&key=${config.apiToken}`;
    case 'suffixBare':
      return base + config.apiToken;
  }
}

/** MD5, since the vendor offers nothing else. */
export function sign(parameters: Readonly<Record<string, string>>, config: SigningConfig): string {
  const digest = createHash('md5').update(preSignString(parameters, config), 'utf8').digest('hex');
  return config.digestCase === 'upper' ? digest.toUpperCase() : digest;
}

/**
 * Whether a message's `sign` holds. Numbers count as the text that was sent. A nested value has no rule, so nothing
 * that holds one can be verified.
 */
export function messageSignatureHolds(message: WireObject, config: SigningConfig): boolean {
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(message)) {
    if (value === null) continue;
    if (isLosslessNumber(value)) parameters[name] = value.value;
    else if (typeof value === 'object') return false;
    else parameters[name] = String(value);
  }
  const given = message['sign'];
  return typeof given === 'string' && sameHexDigest(given, sign(parameters, config));
}

import { sameText } from '../wire/constant-time.js';
import type { RevereConfig } from './settings.js';

/** Nothing is signed at this vendor: the raw key is the whole proof, without «Bearer». */
export function authorization(key: string): Record<string, string> {
  return { authorization: key };
}

/** The callback's own proof: the secret at the end of its path. */
export function pathTokenHolds(
  given: string | undefined,
  config: Pick<RevereConfig, 'callbackToken'>,
): boolean {
  return given !== undefined && sameText(given, config.callbackToken);
}

import { sameText } from '../constant-time.js';

/** The vendor signs nothing: the raw API key, without «Bearer», is the whole value of Authorization. */
export function authorized(authorization: string | null, apiKey: string): boolean {
  return authorization !== null && sameText(authorization, apiKey);
}

import { createHash } from 'node:crypto';

/**
 * All parameters but `sign`, empty ones dropped, sorted by name, `name=value` joined with `&`, the API token in front;
 * MD5 in lower-case hex. Values are the texts that were sent: a number is its digits, null is an empty value.
 */
export function sign(parameters: Readonly<Record<string, string>>, token: string): string {
  return createHash('md5').update(preSignString(parameters, token)).digest('hex');
}

export function preSignString(parameters: Readonly<Record<string, string>>, token: string): string {
  const pairs = Object.entries(parameters)
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`);
  return [token, ...pairs].join('&');
}

import type { ProviderName } from '#domain/provider/provider-name';
import { ProviderSettingsError } from './provider-settings-error.js';

/** Shorter secrets can be guessed from one signed message. */
export const MIN_SECRET_LENGTH = 16;

/** Checks settings that may come from outside. Each function throws a `ProviderSettingsError`; none quotes a value. */
export class SettingsCheck {
  constructor(
    readonly provider: ProviderName,
    private readonly plainHttpHosts: readonly string[] = [],
  ) {}

  fail(setting: string, remedy: string): never {
    throw new ProviderSettingsError(this.provider, setting, remedy);
  }

  /** A key or shared secret: printable, without spaces, at least 16 characters. */
  secret(setting: string, value: unknown, minLength: number = MIN_SECRET_LENGTH): string {
    if (value === undefined || value === '')
      this.fail(setting, 'is missing; set the secret that the vendor gave');
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      this.fail(setting, 'has spaces or characters that no such secret has; copy it again');
    }
    if (value.length < minLength)
      this.fail(setting, `is shorter than ${minLength} characters; copy the whole of it`);
    return value;
  }

  text(setting: string, value: unknown, pattern: RegExp, form: string): string {
    if (value === undefined || value === '') this.fail(setting, `is missing; it has to be ${form}`);
    if (typeof value !== 'string' || !pattern.test(value)) this.fail(setting, `has to be ${form}`);
    return value;
  }

  oneOf<T extends string>(setting: string, value: unknown, allowed: readonly T[]): T {
    const found = allowed.find((one) => one === value);
    return found ?? this.fail(setting, `has to be one of ${allowed.join(', ')}`);
  }

  /** Where requests with credentials go: https, or http on this machine and named hosts. Without the slash at its end. */
  baseUrl(setting: string, value: unknown): string {
    const url = this.#url(setting, value);
    const local =
      /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname) || this.plainHttpHosts.includes(url.hostname);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
      this.fail(
        setting,
        'has to begin with https:// (http:// is for 127.0.0.1 and plainHttpHosts only): credentials go there',
      );
    }
    if (url.search !== '' || url.hash !== '') this.fail(setting, 'has to end with its path');
    return url.href.replace(/\/+$/, '');
  }

  /** Where the vendor sends its callbacks: the whole address. */
  callbackUrl(setting: string, value: unknown, maxLength: number): string {
    const url = this.#url(setting, value);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      this.fail(setting, 'has to be an http(s) address');
    if (url.href.length > maxLength)
      this.fail(setting, `is longer than the ${maxLength} characters that the vendor takes`);
    return url.href;
  }

  #url(setting: string, value: unknown): URL {
    if (typeof value !== 'string' || value === '') this.fail(setting, 'is missing; set an address');
    const url = URL.parse(value);
    if (url === null) this.fail(setting, 'is not an address');
    if (url.username !== '' || url.password !== '') this.fail(setting, 'must not hold a password');
    return url;
  }
}

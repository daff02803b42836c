/** One variable of the environment: what it is called, what it means, and how its text is read. */
export interface Setting<T> {
  readonly name: string;
  readonly description: string;
  /** What a right value looks like, in words. */
  readonly expects: string;
  /** A secret's value is never shown, and may come from the file that `<name>_FILE` names. */
  readonly secret: boolean;
  /** `required`: it must be set. Else what it is when it isn't; `shown` is its text in `.env.example`. */
  readonly absent: 'required' | { readonly value: T; readonly shown: string };
  /** Throws an `Error` that says what is wrong with this text. */
  readonly read: (text: string) => T;
}

interface Words {
  readonly description: string;
}
interface WithDefault<T> extends Words {
  readonly default: T;
}
interface Optional extends Words {
  readonly optional: true;
}
type Options<T> = Words & { readonly default?: T; readonly optional?: boolean };

/** Any text that isn't blank. */
export function text(name: string, options: Optional): Setting<string | undefined>;
export function text(name: string, options: Words | WithDefault<string>): Setting<string>;
export function text(name: string, options: Options<string>): Setting<string | undefined> {
  return setting(name, options, 'a text', String, (value) => value);
}

/** A whole number in decimal digits, from `min` to `max`. */
export function integer(
  name: string,
  options: (Words | WithDefault<number>) & { readonly min: number; readonly max: number },
): Setting<number> {
  const { min, max } = options;
  return setting(name, options, `a whole number from ${min} to ${max}`, String, (value) => {
    const number = /^-?[0-9]{1,15}$/.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) throw new RangeError('it is not');
    return number;
  });
}

/** `true` or `false`. */
export function flag(name: string, options: Words | WithDefault<boolean>): Setting<boolean> {
  return setting(name, options, 'true or false', String, (value) => {
    if (value !== 'true' && value !== 'false') throw new RangeError('it is neither');
    return value === 'true';
  });
}

/** One of a few words. */
export function oneOf<const T extends string>(
  name: string,
  values: readonly T[],
  options: Words | WithDefault<NoInfer<T>>,
): Setting<T> {
  return setting<T>(name, options, `one of ${values.join(', ')}`, String, (value) => {
    const found = values.find((known) => known === value);
    if (found === undefined) throw new RangeError('it is none of them');
    return found;
  });
}

/** An absolute http or https address without user, query or fragment; a slash at its end is dropped. */
export function httpUrl(name: string, options: Optional): Setting<string | undefined>;
export function httpUrl(name: string, options: Words | WithDefault<string>): Setting<string>;
export function httpUrl(name: string, options: Options<string>): Setting<string | undefined> {
  return setting(name, options, 'an http(s) address without user, query or fragment', String, (value) => {
    const url = URL.parse(value);
    if (url === null || !/^https?:$/.test(url.protocol)) throw new RangeError('it is no http(s) address');
    if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
      throw new RangeError('it has a user, a query or a fragment');
    }
    return url.href.replace(/\/$/, '');
  });
}

/** A secret of at least `minLength` characters (16 if absent). It has no default. */
export function secret(name: string, options: Words & { readonly minLength?: number }): Setting<string> {
  const minLength = options.minLength ?? 16;
  return parsedSecret(name, {
    description: options.description,
    expects: `a secret of at least ${minLength} characters`,
    read: (value) => {
      if (value.length < minLength) throw new RangeError('it is too short');
      if (new Set(value).size < 4) throw new RangeError('it is one character or a few, repeated');
      return value;
    },
  });
}

/** A secret that `read` turns into something else, or refuses with an error that says why. */
export function parsedSecret<T>(
  name: string,
  options: Words & { readonly expects: string; readonly read: (text: string) => T },
): Setting<T> {
  return { name, ...options, secret: true, absent: 'required' };
}

function setting<T>(
  name: string,
  options: Options<T>,
  expects: string,
  show: (value: T) => string,
  read: (text: string) => T,
): Setting<T> {
  let absent: Setting<T>['absent'] = 'required';
  if (options.default !== undefined) absent = { value: options.default, shown: show(options.default) };
  // Only the overloads whose T takes undefined have `optional`.
  else if (options.optional === true) absent = { value: undefined as T, shown: '' };
  return { name, description: options.description, expects, secret: false, absent, read };
}

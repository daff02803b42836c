import {
  CALLBACK_STATES,
  CREATE_FAULTS,
  OUTCOMES,
  QUERY_FAULTS,
  VENDORS,
  type Behaviour,
  type Script,
} from './script.js';

/** A script or setting that can't be understood; the message says where. */
export class UnreadableScriptError extends Error {
  override readonly name = 'UnreadableScriptError';
}

/** Reads one script from untrusted JSON. An unknown name is refused: a misspelt fault must not pass as no fault. */
export function readScript(value: unknown, defaultSettleAfterMs: number): Script {
  const fields = new Fields(value, 'script', [
    'vendor',
    'beneficiary',
    'outcome',
    'settleAfterMs',
    'create',
    'callback',
    'turn',
    'unknownStatus',
    'query',
  ]);
  const behaviour: Behaviour = {
    outcome: fields.oneOf('outcome', OUTCOMES),
    settleAfterMs: fields.optionalCount('settleAfterMs') ?? defaultSettleAfterMs,
    ...present('create', fields.optional('create', readCreate)),
    ...present('callback', fields.optional('callback', readCallback)),
    ...present('turn', fields.optional('turn', readTurn)),
    ...present('unknownStatus', fields.optionalText('unknownStatus')),
    ...present('query', fields.optional('query', readQuery)),
  };
  return { vendor: fields.oneOf('vendor', VENDORS), beneficiary: fields.text('beneficiary'), ...behaviour };
}

function readCreate(value: unknown): NonNullable<Behaviour['create']> {
  const fields = new Fields(value, 'script.create', ['delayMs', 'fault', 'times']);
  return {
    ...present('delayMs', fields.optionalCount('delayMs')),
    ...present('fault', fields.optionalOneOf('fault', CREATE_FAULTS)),
    ...present('times', fields.optionalCount('times')),
  };
}

function readCallback(value: unknown): NonNullable<Behaviour['callback']> {
  const fields = new Fields(value, 'script.callback', ['skip', 'duplicates', 'delayMs', 'reorder']);
  return {
    ...present('skip', fields.optionalFlag('skip')),
    ...present('duplicates', fields.optionalCount('duplicates')),
    ...present('delayMs', fields.optionalCount('delayMs')),
    ...present('reorder', fields.optional('reorder', readReorder)),
  };
}

function readReorder(value: unknown): { afterMs: number; as: (typeof CALLBACK_STATES)[number] } {
  const fields = new Fields(value, 'script.callback.reorder', ['afterMs', 'as']);
  return { afterMs: fields.count('afterMs'), as: fields.oneOf('as', CALLBACK_STATES) };
}

function readTurn(value: unknown): NonNullable<Behaviour['turn']> {
  const fields = new Fields(value, 'script.turn', ['afterMs', 'to']);
  return { afterMs: fields.count('afterMs'), to: fields.oneOf('to', ['success', 'fail']) };
}

function readQuery(value: unknown): NonNullable<Behaviour['query']> {
  const fields = new Fields(value, 'script.query', ['fault', 'ms', 'times']);
  return {
    fault: fields.oneOf('fault', QUERY_FAULTS),
    ...present('ms', fields.optionalCount('ms')),
    ...present('times', fields.optionalCount('times')),
  };
}

function present<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
}

/** Typed access to the members of an untrusted JSON object. */
class Fields {
  private readonly members: Readonly<Record<string, unknown>>;

  constructor(
    value: unknown,
    private readonly path: string,
    known: readonly string[],
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnreadableScriptError(`${path} must be an object`);
    }
    this.members = value as Record<string, unknown>;
    const stranger = Object.keys(value).find((name) => !known.includes(name));
    if (stranger !== undefined) {
      throw new UnreadableScriptError(`${path}.${stranger} is unknown; known are ${known.join(', ')}`);
    }
  }

  optional<V>(name: string, read: (value: unknown) => V): V | undefined {
    const value = this.members[name];
    return value === undefined ? undefined : read(value);
  }

  text(name: string): string {
    const value = this.members[name];
    if (typeof value !== 'string' || value === '') this.fail(name, 'a text that is not empty');
    return value;
  }

  count(name: string): number {
    const value = this.members[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
      this.fail(name, 'a whole number from 0');
    return value;
  }

  flag(name: string): boolean {
    const value = this.members[name];
    if (typeof value !== 'boolean') this.fail(name, 'true or false');
    return value;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.members[name];
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) this.fail(name, `one of ${allowed.join(', ')}`);
    return found;
  }

  optionalText(name: string): string | undefined {
    return this.optional(name, () => this.text(name));
  }

  optionalCount(name: string): number | undefined {
    return this.optional(name, () => this.count(name));
  }

  optionalFlag(name: string): boolean | undefined {
    return this.optional(name, () => this.flag(name));
  }

  optionalOneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    return this.optional(name, () => this.oneOf(name, allowed));
  }

  private fail(name: string, expected: string): never {
    throw new UnreadableScriptError(`${this.path}.${name} must be ${expected}`);
  }
}

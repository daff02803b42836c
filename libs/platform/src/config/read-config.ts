import { readFileSync } from 'node:fs';
import type { Setting } from './setting.js';

export type ConfigSchema = Readonly<Record<string, Setting<unknown>>>;
export type Config<S extends ConfigSchema> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};
export type Environment = Readonly<Record<string, string | undefined>>;

/** One variable that is wrong, and what to do about it. A secret's value is in neither. */
export interface ConfigProblem {
  readonly variable: string;
  readonly problem: string;
}

/** The environment can't be used. All mistakes are named at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, problem }) => `  ${variable}: ${problem}`);
    super(`the configuration is not usable:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads every setting of the schema, or throws `ConfigError` with all that is wrong. An empty variable counts as
 * absent. It is called once, where the program starts; everything else gets the result.
 */
export function readConfig<S extends ConfigSchema>(schema: S, env: Environment): Config<S> {
  const problems: ConfigProblem[] = [];
  const values = Object.entries(schema).map(([key, setting]) => {
    try {
      return [key, readOne(setting, env)];
    } catch (error) {
      problems.push({ variable: setting.name, problem: describe(error, setting, env) });
      return [key, undefined];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(values) as Config<S>;
}

/** The text of an `.env.example`: every variable with what it means, what it takes and its default. */
export function describeConfig(schema: ConfigSchema): string {
  return Object.values(schema)
    .map(({ name, description, expects, secret, absent }) => {
      const must = absent === 'required' ? 'Required' : 'Optional';
      const file = secret ? [`# Or the path of a file that holds it: ${name}_FILE=`] : [];
      const value = absent === 'required' ? `${name}=` : `# ${name}=${absent.shown}`;
      return [`# ${description}`, `# ${must}: ${expects}.`, ...file, value, ''].join('\n');
    })
    .join('\n');
}

function readOne(setting: Setting<unknown>, env: Environment): unknown {
  const text = findText(setting, env);
  if (text !== undefined) return setting.read(text);
  if (setting.absent === 'required') throw new Error('it is not set');
  return setting.absent.value;
}

function findText(setting: Setting<unknown>, env: Environment): string | undefined {
  const direct = present(env[setting.name]);
  const file = setting.secret ? present(env[`${setting.name}_FILE`]) : undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) throw new Error(`${setting.name}_FILE is set as well`);
  return present(readSecretFile(`${setting.name}_FILE`, file));
}

function readSecretFile(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Error(`the file that ${variable} names can't be read (${code})`, { cause: error });
  }
}

function present(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}

function describe(error: unknown, setting: Setting<unknown>, env: Environment): string {
  const reason = error instanceof Error ? error.message : String(error);
  const remedy = `set ${setting.name}${setting.secret ? ` (or ${setting.name}_FILE)` : ''} to ${setting.expects}`;
  return `${withheld(reason, setting, env) ? 'it is not usable' : reason}; ${remedy}`;
}

/** Whether a message quotes a secret, in whole or by a part that would help to guess it. */
function withheld(message: string, setting: Setting<unknown>, env: Environment): boolean {
  if (!setting.secret) return false;
  let text: string | undefined;
  try {
    text = findText(setting, env);
  } catch {
    return false;
  }
  if (text === undefined) return false;
  const part = Math.min(6, text.length);
  return Array.from({ length: text.length - part + 1 }, (_, at) => text.slice(at, at + part)).some((piece) =>
    message.includes(piece),
  );
}

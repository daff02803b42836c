import { parseArgs } from 'node:util';

/** `production` needs a broker and a database on this machine: it runs when it is named. */
export const CASE_NAMES = ['raw-append', 'intake', 'lifecycle', 'replay', 'production'] as const;
const USUAL = CASE_NAMES.filter((name) => name !== 'production');
export type CaseName = (typeof CASE_NAMES)[number];

export interface BenchOptions {
  /** `raw-append` is always among them: the others are told as shares of it. */
  readonly cases: readonly CaseName[];
  readonly repeats: number;
  /** Small amounts: whether it works, not how fast. */
  readonly quick: boolean;
  readonly json: boolean;
}

export const USAGE = `Measures the embedded shape, and where it is asked for the production engines: each figure as a rate, and as a share of what the bare store (or bare
reading) does in the same run on the same machine.

  npm run bench                    a table
  npm run bench -- --json          one JSON object
  npm run bench -- --case intake   one case (raw-append, intake, lifecycle, replay), beside raw-append
  npm run bench -- --case production
                                   the same on Kafka, PostgreSQL and EventStoreDB, beside raw-append and intake
  npm run bench -- --repeats 5     3 when left out
  npm run bench -- --quick         small amounts, to see that it works`;

/** How the bench was called can't be understood. The message names the remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `help`: only the usage is wanted. Throws `UsageError`. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const { quick = false, json = false, case: only } = values;
  return { cases: casesOf(only), repeats: repeatsOf(values.repeats ?? (quick ? '1' : '3')), quick, json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        quick: { type: 'boolean' },
        help: { type: 'boolean' },
        repeats: { type: 'string' },
        case: { type: 'string', multiple: true },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function casesOf(only: readonly string[] | undefined): readonly CaseName[] {
  if (only === undefined) return USUAL;
  for (const name of only) {
    if (!CASE_NAMES.some((known) => known === name))
      throw new UsageError(`there is no case ${name}: name one of ${CASE_NAMES.join(', ')}`);
  }
  return CASE_NAMES.filter(
    (name) =>
      name === 'raw-append' || only.includes(name) || (name === 'intake' && only.includes('production')),
  );
}

function repeatsOf(text: string): number {
  const repeats = Number(text);
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > 100)
    throw new UsageError('--repeats takes a whole number from 1 to 100');
  return repeats;
}

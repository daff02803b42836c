import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export const USAGE = `Takes payouts through every process of the production shape while they are killed, and proves the books.

  npm run e2e:processes
    --payouts <n>     default 2000
    --kills <n>       SIGKILLs of each process, default 3
    --seed <n>        of the order in which things break; default: another one each time
    --folder <path>   keeps logs, settings and the sandbox's book there; default: a new one, removed when all is well

It starts Kafka, PostgreSQL, the log, the sandbox of the providers, and command (two copies), callback, projection, query
and audit. EVENTSTORE_URL names a real server for the log, with nothing in it; without it, it is the stand-in at the wire.`;

export interface Options {
  readonly payouts: number;
  readonly kills: number;
  readonly seed: number;
  /** undefined: a new one. */
  readonly folder: string | undefined;
}

/** The call is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** undefined: help was asked for. Throws `UsageError`. */
export function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  let values;
  try {
    values = parseArgs({
      args: [...args],
      options: { payouts: text, kills: text, seed: text, folder: text, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (values.help === true) return undefined;
  return {
    payouts: whole('--payouts', values.payouts ?? '2000', 10, 20_000),
    kills: whole('--kills', values.kills ?? '3', 0, 20),
    seed: whole('--seed', values.seed ?? String(randomInt(1, 1_000_000)), 0, 4_294_967_295),
    folder: values.folder,
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${name} is a whole number from ${least} to ${most}`);
  return value;
}

import { parseArgs } from 'node:util';
import { accountId, payoutId, type AccountId, type PayoutId } from '#domain/ids';
import type { Environment } from '#platform/config/read-config';
import { readAsOf, type AsOf } from '../balance/as-of.js';
import type { LedgerPlace } from '../open-ledger.js';

export const USAGE = `Reads the ledger's log. It changes nothing, and the service may be running or stopped.

  audit timeline <payout id>                         everything that happened to a payout
  audit balance <account id> [--as-of <moment>]      the books of a funding account, now or then
  audit replay                                       folds the whole log and compares it with the read models

  --data <folder>    the embedded service's data folder (default: PAYOUT_DATA_FOLDER, else ./data)
  --as-of <moment>   an RFC 3339 time (2026-08-01T12:00:00Z) or a log position (1234)
  --json             one JSON object on standard output
  --help             this text

Where EVENTSTORE_URL is set and --data isn't given, it reads that log; replay compares it with the tables of DATABASE_URL.

Exit codes: 0 it holds; 1 replay found a difference, or books that don't balance; 2 the log can't be read (the position
is named); 64 wrong call or settings; 66 no such payout, account, moment or ledger; 69 a server doesn't answer.
`;

/** The call itself is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(what: string) {
    super(`${what}; audit --help shows how it is called`);
  }
}

export type Question =
  | { readonly kind: 'help' }
  | { readonly kind: 'timeline'; readonly payoutId: PayoutId }
  | { readonly kind: 'balance'; readonly accountId: AccountId; readonly asOf: AsOf | undefined }
  | { readonly kind: 'replay' };

export interface CommandLine {
  readonly question: Question;
  readonly place: LedgerPlace;
  readonly json: boolean;
}

/** Throws `UsageError`. */
export function readCommandLine(args: readonly string[], env: Environment = {}): CommandLine {
  const { values, positionals } = parsed(args);
  const settings = { place: placeOf(values.data, env), json: values.json };
  if (values.help) return { question: { kind: 'help' }, ...settings };
  const [command, ...operands] = positionals;
  if (command !== 'balance' && values['as-of'] !== undefined)
    throw new UsageError('--as-of belongs to balance');
  switch (command) {
    case 'timeline':
      return {
        question: { kind: 'timeline', payoutId: idOf(payoutId, only(operands, 'one payout id')) },
        ...settings,
      };
    case 'balance':
      return {
        question: {
          kind: 'balance',
          accountId: idOf(accountId, only(operands, 'one account id')),
          asOf: values['as-of'] === undefined ? undefined : momentOf(values['as-of']),
        },
        ...settings,
      };
    case 'replay':
      if (operands.length > 0) throw new UsageError('replay takes no operand');
      return { question: { kind: 'replay' }, ...settings };
    case undefined:
      throw new UsageError('nothing was asked');
    default:
      throw new UsageError(`there is no command ${JSON.stringify(command)}`);
  }
}

function placeOf(dataFolder: string | undefined, env: Environment): LedgerPlace {
  if (dataFolder !== undefined) return { kind: 'folder', dataFolder };
  const isSet = (name: string): boolean => (env[name]?.trim() ?? '') !== '';
  if (isSet('EVENTSTORE_URL') || isSet('EVENTSTORE_URL_FILE')) return { kind: 'servers', env };
  return { kind: 'folder', dataFolder: env['PAYOUT_DATA_FOLDER'] ?? './data' };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        'as-of': { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function only(operands: readonly string[], what: string): string {
  const [first, ...more] = operands;
  if (first === undefined || more.length > 0) throw new UsageError(`this needs ${what}`);
  return first;
}

function idOf<T>(read: (text: string) => T, text: string): T {
  try {
    return read(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function momentOf(text: string): AsOf {
  const asOf = readAsOf(text);
  if (asOf === undefined)
    throw new UsageError(
      `${JSON.stringify(text)} is no moment: write an RFC 3339 time with its offset or Z, or a log position`,
    );
  return asOf;
}

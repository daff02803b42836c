import { parseArgs } from 'node:util';
import { accountId, payoutId, type AccountId, type PayoutId } from '#domain/ids';
import { readAsOf, type AsOf } from '../balance/as-of.js';

export const USAGE = `Reads the ledger's log. It changes nothing, and the service may be running or stopped.

  audit timeline <payout id>                         everything that happened to a payout
  audit balance <account id> [--as-of <moment>]      the books of a funding account, now or then
  audit replay                                       folds the whole log and compares it with the read models

  --data <folder>    the service's data folder (default: PAYOUT_DATA_FOLDER, else ./data)
  --as-of <moment>   an RFC 3339 time (2026-08-01T12:00:00Z) or a log position (1234)
  --json             one JSON object on standard output
  --help             this text

Exit codes: 0 it holds; 1 replay found a difference, or books that don't balance; 2 the log can't be read (the position
is named); 64 wrong call; 66 no such payout, account, moment or ledger.
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
  readonly dataFolder: string;
  readonly json: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws `UsageError`. */
export function readCommandLine(args: readonly string[], env: Environment = {}): CommandLine {
  const { values, positionals } = parsed(args);
  const dataFolder = values.data ?? env['PAYOUT_DATA_FOLDER'] ?? './data';
  const settings = { dataFolder, json: values.json };
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

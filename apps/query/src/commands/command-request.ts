import { commandId, type CommandId } from '#domain/ids';
import { currencyCode } from '#domain/money/currency';
import { parsePositiveMoney } from '#domain/money/money';
import { commandProblems, type CommandData, type CommandType } from '#messaging/contracts/commands.v1';
import { isObject } from '#messaging/contracts/value-schema';
import type { FieldProblem } from '#platform/problem/problem-details';
import { invalidRequest } from '../problem/problems.js';

const KEY_RULE = 'must be 1 to 128 printable ASCII characters without spaces';
const ROOT = 'body';

/** What the URL says and the body therefore may not. */
export type FromUrl<T extends CommandType> = Partial<CommandData<T>>;

/**
 * Reads the header `Idempotency-Key` and the body of a command. Throws a `ProblemException` that names everything that
 * is wrong; nothing has been published then.
 */
export function readCommandRequest<T extends CommandType>(
  type: T,
  idempotencyKey: string | undefined,
  body: unknown,
  fromUrl: FromUrl<T>,
): { readonly commandId: CommandId; readonly data: CommandData<T> } {
  const key = readKey(idempotencyKey);
  // Where nothing has to be said, nothing has to be sent.
  const sent = body === undefined ? {} : body;
  const problems = [...key.problems, ...bodyProblems(type, sent, fromUrl)];
  if (problems.length > 0 || key.id === undefined) throw invalidRequest(problems);
  // The shape was checked just now.
  return { commandId: key.id, data: { ...sent, ...fromUrl } as CommandData<T> };
}

function readKey(sent: string | undefined): {
  readonly id?: CommandId;
  readonly problems: readonly FieldProblem[];
} {
  const field = 'Idempotency-Key';
  if (sent === undefined)
    return {
      problems: [
        {
          field,
          message: `is missing: the header ${KEY_RULE}, and the same again when the command is repeated`,
        },
      ],
    };
  try {
    return { id: commandId(sent), problems: [] };
  } catch {
    return { problems: [{ field, message: KEY_RULE }] };
  }
}

function bodyProblems<T extends CommandType>(
  type: T,
  sent: unknown,
  fromUrl: FromUrl<T>,
): readonly FieldProblem[] {
  if (!isObject(sent)) return [{ field: ROOT, message: 'must be a JSON object' }];
  const inUrl = Object.keys(fromUrl)
    .filter((name) => Object.hasOwn(sent, name))
    .map((field) => ({ field, message: 'is in the address: leave it out of the body' }));
  const data = { ...sent, ...fromUrl };
  const ofShape = commandProblems(type, data, ROOT).map(({ field, message }) => ({
    field: field.replace(`${ROOT}.`, ''),
    message,
  }));
  const wrong = new Set(ofShape.map(({ field }) => field));
  const ofMoney = moneyProblems(data).filter(({ field }) => !wrong.has(field));
  return [...inUrl, ...ofShape, ...ofMoney];
}

/** Amount and currency as the domain reads them; the ledger itself would refuse them later. */
function moneyProblems(data: Readonly<Record<string, unknown>>): readonly FieldProblem[] {
  const { currency, amount } = data;
  if (typeof currency !== 'string') return [];
  try {
    const known = currencyCode(currency);
    if (typeof amount !== 'string') return [];
    try {
      parsePositiveMoney(amount, known);
      return [];
    } catch (error) {
      return [{ field: 'amount', message: messageOf(error) }];
    }
  } catch (error) {
    return [{ field: 'currency', message: messageOf(error) }];
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  throw error;
}

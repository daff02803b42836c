import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** There is no token to show. The message names the remedy, and no token. */
export class NoOperatorTokenError extends Error {
  override readonly name = 'NoOperatorTokenError';
}

/**
 * What the operators' port wants to be shown: the token of the folder that `--data` names; else PAYOUT_OPERATOR_TOKEN,
 * or the file that PAYOUT_OPERATOR_TOKEN_FILE names; else that of the embedded service's usual data folder. Throws
 * `NoOperatorTokenError`.
 */
export function operatorToken(dataFolder: string | undefined, env: Environment): string {
  if (dataFolder !== undefined)
    return tokenIn(join(dataFolder, 'operator-token'), "name the service's data folder with --data");
  const given = present(env['PAYOUT_OPERATOR_TOKEN']);
  if (given !== undefined) return given;
  const file = present(env['PAYOUT_OPERATOR_TOKEN_FILE']);
  if (file !== undefined) return tokenIn(file, 'PAYOUT_OPERATOR_TOKEN_FILE names it');
  const usual = join(present(env['PAYOUT_DATA_FOLDER']) ?? './data', 'operator-token');
  return tokenIn(
    usual,
    "name the service's data folder with --data, or set PAYOUT_OPERATOR_TOKEN or PAYOUT_OPERATOR_TOKEN_FILE",
  );
}

function tokenIn(file: string, remedy: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new NoOperatorTokenError(`${file} can't be read: ${remedy}`);
  }
  const token = present(text);
  if (token === undefined) throw new NoOperatorTokenError(`${file} is empty: ${remedy}`);
  return token;
}

function present(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}

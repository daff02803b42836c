import * as ids from '../ids.js';
import { logPosition } from '../log-position.js';
import { PROVIDER_NAMES } from '../provider/provider-name.js';
import { branded, count, moneyField, shape, text, word } from './fields.js';

/** The building blocks of all stored events. */
export const payoutId = branded(ids.payoutId);
export const accountId = branded(ids.accountId);
export const instructionId = branded(ids.instructionId);
export const commandId = branded(ids.commandId);
export const payeeId = branded(ids.payeeId);
export const fingerprint = branded(ids.fingerprint);
export const evidence = branded(ids.evidenceHash);
export const orderId = branded(ids.providerOrderId);
export const reference = branded(ids.providerReference);
export const position = branded(logPosition);
export const provider = word(...PROVIDER_NAMES);
export const amount = moneyField;
export const attempt = count;
export const reportSource = word('answer', 'callback', 'query', 'statement', 'operator');

/** A stream's revision, as text: it is a bigint in the store. */
export const revision = branded((value) => {
  if (!/^(0|[1-9][0-9]*)$/.test(value)) throw new RangeError('not a revision');
  return value;
});

/** What made an account event happen: a place in the log that never comes twice within its epoch. */
export const cause = shape({ epoch: count, position, stream: text, revision });

import type { AccountAnswer } from '#domain/account/decide';
import type { CommandAnswer } from '#domain/payout/state';
import type { Handled } from '#event-store/handle-command';
import type { CommandReply } from './commands.js';

/** The answer in the words of a reply, with the place of the last event. */
export function replyOf<State>({
  answer,
  last,
}: Handled<State, CommandAnswer | AccountAnswer>): CommandReply {
  const place = last === undefined ? {} : { position: last.position, revision: last.revision.toString() };
  switch (answer.outcome) {
    case 'accepted':
      return { outcome: 'accepted', ...place };
    case 'rejected':
      return { outcome: 'rejected', reason: answer.reason, message: answer.detail, ...place };
    case 'refused':
      return { outcome: 'refused', reason: answer.reason, message: REMEDIES[answer.reason], ...place };
  }
}

type Refusal = Extract<CommandAnswer | AccountAnswer, { outcome: 'refused' }>['reason'];

/** What to do about each refusal. */
const REMEDIES: Readonly<Record<Refusal, string>> = {
  'command-id-reused': 'this command id was used with other content; a new command needs a new id',
  'unknown-payout': 'no payout has this id; check the id, or whether its request was rejected as invalid',
  'already-rejected': 'the payout was rejected; nothing will be paid',
  'already-cancelled': 'the payout is cancelled already',
  'already-submitted': 'a request to the provider has begun; only its outcome can end this payout',
  'already-final': 'the payout has its outcome already',
  'not-parked': 'only a payout that is parked can be resolved',
  'never-submitted': 'nothing was ever sent for this payout, so it cannot have been paid',
  'settlement-currency-differs': "paid and fee are in the payout's own currency",
  'account-exists': 'an account with this id was opened by another command; choose another id',
  'unknown-account': 'no account has this id; open it first',
  'account-currency-differs': 'the account holds another currency',
};

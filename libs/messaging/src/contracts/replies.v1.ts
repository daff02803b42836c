import { LOG_POSITION } from '#domain/log-position';
import { printOwnMessage, readOwnMessage, type MessageMeta, type OwnMessageRefusal } from './own-message.js';
import { Matching, Means, OneOf, Optional, Text } from './shape.js';

export const REPLY_TYPE = 'payout.reply.v1';

export const REPLY_OUTCOMES = ['accepted', 'rejected', 'refused', 'held'] as const;
/**
 * `accepted`: the fact that was asked for (`PayoutRequested`, `AccountOpened`, the instruction, …) is durable.
 * `rejected`: `PayoutRejected` is durable: this payout will never be paid. `refused`: nothing happened (invalid, the id
 * was used with other content, this state doesn't allow it). `held`: a failure of our own; the command is kept and its
 * answer follows.
 */
export type ReplyOutcome = (typeof REPLY_OUTCOMES)[number];

/** Place of an event in its stream, as decimal text. */
const REVISION = /^(0|[1-9][0-9]{0,18})$/;

export class ReplyV1 {
  static readonly ignoresMore = true;
  @Means("The id of the command that is answered; `unreadable` when it couldn't be read.")
  @Text(128)
  commandId!: string;
  @Means(
    '`accepted`: the fact that was asked for is durable. `rejected`: this payout will never be paid. ' +
      '`refused`: nothing happened. `held`: the command is kept, and its answer follows.',
  )
  @OneOf(REPLY_OUTCOMES)
  outcome!: ReplyOutcome;
  @Optional() @Text(128) payoutId?: string;
  @Optional() @Text(128) accountId?: string;
  @Optional() @Text(128) instructionId?: string;
  @Means('A word of the documented list of rejections or refusals.') @Optional() @Text(128) reason?: string;
  @Means('For a person; names fields and remedies, never values.') @Optional() @Text(10_000) message?: string;
  @Means('Where the fact lies in the log, to wait for it when reading.')
  @Optional()
  @Matching(LOG_POSITION, 'must be a log position')
  position?: string;
  @Optional() @Matching(REVISION, 'must be a revision') revision?: string;
}

/** The answer to a command. It has its command's key, and its `correlation-id` header. */
export type Reply = Readonly<ReplyV1>;

export type ReplyReading =
  { readonly ok: true; readonly reply: Reply; readonly meta: MessageMeta } | OwnMessageRefusal;

export function printReply(reply: Reply, meta: MessageMeta): Uint8Array {
  return printOwnMessage(REPLY_TYPE, meta, reply);
}

export function readReply(value: Uint8Array): ReplyReading {
  const read = readOwnMessage<ReplyV1>(value, { [REPLY_TYPE]: ReplyV1 });
  return read.ok ? { ok: true, reply: read.data, meta: read.meta } : read;
}

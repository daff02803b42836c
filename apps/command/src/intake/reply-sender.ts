import { Injectable } from '@nestjs/common';
import { CLOUD_EVENT_CONTENT_TYPE, HEADERS } from '#messaging/contracts/headers';
import { printReply, type Reply } from '#messaging/contracts/replies.v1';
import { MessageBus, MessageRefusedError } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { Clock, isoTime } from '#platform/time/clock';
import type { CommandReply } from '../handlers/commands.js';

export interface ReplyAddress {
  readonly topic: string;
  readonly correlationId: string | undefined;
  readonly key: string;
}

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** The reply's contract allows 10,000; a thousand fields too many must not make an answer that nobody can read. */
const LONGEST_MESSAGE = 4_000;

const REPLY_NAMESPACE = '7d1f5c0e-2a43-4b9e-b1d6-58c3e0a9f724';

/** Answers the sender of a command, durably. */
@Injectable()
export class ReplySender {
  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  send(address: ReplyAddress, commandId: string, reply: CommandReply): Promise<void> {
    return this.publish(address, { commandId, ...reply });
  }

  /** The command could not even be read as one; nothing has happened. */
  refuse(
    address: ReplyAddress,
    commandId: string | undefined,
    reason: string,
    problems: readonly FieldProblem[],
  ): Promise<void> {
    return this.publish(address, {
      commandId: commandId ?? 'unreadable',
      outcome: 'refused',
      reason,
      message: cut(lineOf(problems)),
    });
  }

  /** It waits for an operator; its answer follows then. */
  held(address: ReplyAddress, commandId: string): Promise<void> {
    return this.publish(address, {
      commandId,
      outcome: 'held',
      reason: 'held',
      message: 'the command is kept and waits for an operator',
    });
  }

  private async publish({ topic, correlationId, key }: ReplyAddress, reply: Reply): Promise<void> {
    // The same when the same answer goes out again; never that of another answer, not even to what nobody could read.
    const { commandId, outcome, reason = '', message: words = '' } = reply;
    const identity = [key, correlationId ?? '', commandId, outcome, reason, words];
    const id = uuidV5(REPLY_NAMESPACE, JSON.stringify(identity));
    const headers = {
      [HEADERS.contentType]: CLOUD_EVENT_CONTENT_TYPE,
      ...(correlationId === undefined ? {} : { [HEADERS.correlationId]: correlationId }),
    };
    const message = { key, headers, value: printReply(reply, { id, time: isoTime(this.clock.now()) }) };
    try {
      await this.bus.publish(topic, [message]);
    } catch (error) {
      if (!(error instanceof MessageRefusedError) || topic === TOPICS.replies) throw error;
      // A reply topic that doesn't exist is the sender's mistake: the answer still goes where it can be found.
      await this.bus.publish(TOPICS.replies, [message]);
    }
  }
}

/** One line: each field with what it must be. */
export function lineOf(problems: readonly FieldProblem[]): string {
  return problems.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ');
}

function cut(text: string): string {
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE - 1)}…`;
}

import { Injectable } from '@nestjs/common';
import { printCommand, type WireCommand } from '#messaging/contracts/commands.v1';
import { CLOUD_EVENT_CONTENT_TYPE, HEADERS } from '#messaging/contracts/headers';
import type { Reply } from '#messaging/contracts/replies.v1';
import { MessageBus } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { Ids } from '#platform/ids/ids';
import { Logger } from '#platform/logging/logger';
import { Clock, isoTime } from '#platform/time/clock';
import { Tracing } from '#platform/tracing/tracing';
import type { Caller } from '../callers/callers.js';
import { problem, ProblemException } from '../problem/problems.js';
import { ReplyRouter } from './reply-router.js';

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

export interface CommandToSend {
  readonly command: WireCommand;
  readonly caller: Caller;
  /** Commands of one key keep their order: the account's id. */
  readonly key: string;
  /** W3C trace context of the request, if it had one. */
  readonly traceparent: string | undefined;
}

/** `queued`: it is durable on the bus, and its reply wasn't there in time. */
export type GatewayAnswer = { readonly kind: 'reply'; readonly reply: Reply } | { readonly kind: 'queued' };

/** Puts a command on the bus, where the one writer decides, and waits for its reply. */
@Injectable()
export class CommandGateway {
  constructor(
    private readonly bus: MessageBus,
    private readonly router: ReplyRouter,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly tracing: Tracing,
    private readonly logger: Logger,
  ) {}

  /** Throws a `ProblemException` when there is no room to wait, or the bus doesn't take it. */
  send(sent: CommandToSend): Promise<GatewayAnswer> {
    const given = sent.traceparent;
    const parent = given !== undefined && TRACEPARENT.test(given) ? given : undefined;
    const start = { name: `send ${sent.command.type}`, kind: 'producer', entry: true, parent } as const;
    return this.tracing.run(start, async (span) => {
      const answer = await this.sendWithin(sent, span.traceparent ?? parent);
      span.set({ outcome: answer.kind === 'reply' ? answer.reply.outcome : answer.kind });
      return answer;
    });
  }

  private async sendWithin(
    { command, caller, key }: CommandToSend,
    traceparent: string | undefined,
  ): Promise<GatewayAnswer> {
    const waiting = this.router.wait(this.ids.uuid());
    if (waiting === undefined) {
      throw new ProblemException(
        problem(
          'too-many-waiting',
          'nothing was sent; send it again in a moment, with the same Idempotency-Key',
        ),
        { 'retry-after': '1' },
      );
    }
    const value = printCommand({ ...command, time: isoTime(this.clock.now()) });
    const headers = {
      [HEADERS.replyTo]: TOPICS.replies,
      [HEADERS.correlationId]: waiting.correlationId,
      [HEADERS.contentType]: CLOUD_EVENT_CONTENT_TYPE,
      [HEADERS.authenticatedBy]: caller.authenticatedBy,
      ...(traceparent === undefined ? {} : { [HEADERS.traceparent]: traceparent }),
    };
    try {
      await this.bus.publish(TOPICS.commands, [{ key, headers, value }]);
    } catch (error) {
      waiting.cancel();
      this.logger.error('a command could not be published', { error, commandType: command.type });
      throw new ProblemException(
        problem(
          'bus-unavailable',
          'whether it was taken is unknown; send it again with the same Idempotency-Key, which is safe',
        ),
        { 'retry-after': '5' },
      );
    }
    const reply = await waiting.reply;
    return reply === undefined ? { kind: 'queued' } : { kind: 'reply', reply };
  }
}

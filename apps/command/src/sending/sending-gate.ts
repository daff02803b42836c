import { Injectable } from '@nestjs/common';
import type { PauseCause, SendingEvent } from '#domain/sending/events';
import {
  decideSending,
  evolveSending,
  SENDING_ON,
  type SendingCommand,
  type SendingState,
} from '#domain/sending/sending';
import { SENDING_STREAM } from '#domain/streams';
import { EventStore } from '#event-store/event-store';
import { handleCommand, readState, type StreamType } from '#event-store/handle-command';
import { Ids } from '#platform/ids/ids';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { decodeRecorded, EventEncoding, processCaller } from '../streams/event-encoding.js';

const CALLER = processCaller('sending-gate');
/** Other copies and operators write the stream too: how old the last look at it may be. */
const LOOK_EVERY = 1_000;

const SENDING: StreamType<SendingState, SendingEvent> = {
  initial: SENDING_ON,
  evolve: evolveSending,
  decode(recorded) {
    const event = decodeRecorded(recorded);
    if (event.type === 'SendingPaused' || event.type === 'SendingResumed') return event;
    throw new Error(`${event.type} in ${recorded.stream}`);
  },
};

/**
 * Whether requests may leave for providers at all. It is shut until the log was first read, and stays as it was while
 * the log can't be read: a look that fails opens nothing.
 */
@Injectable()
export class SendingGate {
  private known: SendingState | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly encoding: EventEncoding,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly logger: Logger,
  ) {}

  /** By the last look; see `watch`. */
  get isOpen(): boolean {
    return this.known?.status === 'on';
  }

  /** What the log says now. */
  async state(): Promise<SendingState> {
    const { state } = await readState(this.store, { stream: SENDING_STREAM, type: SENDING });
    this.known = state;
    return state;
  }

  async pause(cause: PauseCause, by: string, reason: string): Promise<SendingState> {
    // At once in this copy, whatever becomes of the write.
    this.known = undefined;
    return this.decide({ type: 'PauseSending', cause, by, reason, at: this.clock.now() });
  }

  async resume(by: string, reason: string): Promise<SendingState> {
    return this.decide({ type: 'ResumeSending', by, reason, at: this.clock.now() });
  }

  /** Looks again and again until `signal` is aborted. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.state();
      } catch (error) {
        this.logger.warn('the state of sending could not be read: it stays as it was', { error });
      }
      await this.clock.sleep(LOOK_EVERY, signal);
    }
  }

  private async decide(command: SendingCommand): Promise<SendingState> {
    const causationId = this.ids.uuid();
    const { state, written } = await handleCommand(this.store, this.clock, {
      stream: SENDING_STREAM,
      type: SENDING,
      decide: (now) => ({ events: decideSending(now, command), answer: undefined }),
      encode: (event, revision, first) =>
        this.encoding.encode(event, SENDING_STREAM, revision, { caller: CALLER, causationId }, first),
    });
    this.known = state;
    if (written.length > 0 && command.type === 'PauseSending') {
      const { cause, by, reason } = command;
      this.logger.alarm('sending-paused', { cause, by, reason });
    }
    if (written.length > 0 && command.type === 'ResumeSending')
      this.logger.warn('sending resumed', { by: command.by, reason: command.reason });
    return state;
  }
}

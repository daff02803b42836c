import { Injectable } from '@nestjs/common';
import { HEADERS } from '#messaging/contracts/headers';
import { readReply, type Reply } from '#messaging/contracts/replies.v1';
import { TopicReader } from '#messaging/topic-reader';
import { TOPICS } from '#messaging/topics';
import { Clock } from '#platform/time/clock';

const PAGE = 500;
const REMEMBERED = 20_000;
const PAUSE = 25;

/** Finds replies by their correlation id. It reads the topic on from where it was; what it remembers is on the topic too. */
@Injectable()
export class BridgedReplies {
  private readonly known = new Map<string, Reply>();
  private cursor: string | undefined;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly reader: TopicReader,
    private readonly clock: Clock,
  ) {}

  async find(correlationId: string, waitMs: number): Promise<Reply | undefined> {
    const until = this.clock.monotonicMs() + waitMs;
    for (;;) {
      await this.readOn();
      const reply = this.known.get(correlationId);
      if (reply !== undefined || this.clock.monotonicMs() >= until) return reply;
      await this.clock.sleep(PAUSE);
    }
  }

  /** One reader at a time, however many ask. */
  private readOn(): Promise<void> {
    this.reading ??= this.readPages().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readPages(): Promise<void> {
    for (;;) {
      const { messages, cursor } = await this.reader.readTopic(TOPICS.replies, this.cursor, PAGE);
      this.cursor = cursor;
      for (const { headers, value } of messages) {
        const correlationId = headers[HEADERS.correlationId];
        const read = readReply(value);
        if (correlationId !== undefined && read.ok) this.remember(correlationId, read.reply);
      }
      if (messages.length < PAGE) return;
    }
  }

  private remember(correlationId: string, reply: Reply): void {
    if (this.known.size >= REMEMBERED) {
      const [oldest] = this.known.keys();
      if (oldest !== undefined) this.known.delete(oldest);
    }
    this.known.set(correlationId, reply);
  }
}

import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  RequestTimeoutException,
} from '@nestjs/common';
import type { Reply } from '#messaging/contracts/replies.v1';
import { MessageBus, MessageRefusedError, type OutgoingMessage } from '#messaging/message-bus';
import { TopicReader } from '#messaging/topic-reader';
import { TOPICS } from '#messaging/topics';
import { BridgedReplies } from './bridged-replies.js';

interface BridgedMessage {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64 of the bytes. */
  readonly value: string;
}

const MAX_RECORDS = 100;
const MAX_PAGE = 500;
const LONGEST_WAIT = 30_000;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The message bus of the embedded shape, for programs outside its process: the same topics, keys, headers and bytes as on
 * Kafka, over loopback HTTP. With Kafka as the bus it doesn't exist.
 */
@Controller('bus')
export class BusBridgeController {
  constructor(
    private readonly bus: MessageBus,
    private readonly reader: TopicReader,
    private readonly replies: BridgedReplies,
  ) {}

  /** Publishes `{"records":[{"key","headers","value"}]}`; durable when it is answered. Only commands come from outside. */
  @Post('topics/:topic')
  @HttpCode(200)
  async publish(
    @Param('topic') topic: string,
    @Body() body: unknown,
  ): Promise<{ readonly published: number }> {
    if (topic !== TOPICS.commands)
      throw new NotFoundException(`only ${TOPICS.commands} takes messages from outside`);
    const messages = recordsOf(body);
    try {
      await this.bus.publish(topic, messages);
    } catch (error) {
      if (error instanceof MessageRefusedError) throw new BadRequestException(error.message);
      throw error;
    }
    return { published: messages.length };
  }

  /** A page of a topic after `cursor`: `{messages, cursor}`. Replies and events may be read; what callers wrote may not. */
  @Get('topics/:topic')
  async read(
    @Param('topic') topic: string,
    @Query('cursor') cursor: string | undefined,
    @Query('limit') limit = '100',
  ): Promise<{ readonly messages: readonly BridgedMessage[]; readonly cursor: string | undefined }> {
    if (topic !== TOPICS.replies && topic !== TOPICS.events) {
      throw new NotFoundException(`${TOPICS.replies} and ${TOPICS.events} can be read here`);
    }
    const wanted = Number(limit);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_PAGE)
      throw new BadRequestException(`limit is 1 to ${MAX_PAGE}`);
    try {
      const page = await this.reader.readTopic(topic, cursor, wanted);
      const messages = page.messages.map(({ key, headers, value }) => ({
        key,
        headers,
        value: Buffer.from(value).toString('base64'),
      }));
      return { messages, cursor: page.cursor };
    } catch (error) {
      if (error instanceof RangeError) throw new BadRequestException(error.message);
      throw error;
    }
  }

  /** The reply with this correlation id, as soon as it is there; 408 after `waitMs`. */
  @Get('replies/:correlationId')
  async reply(@Param('correlationId') correlationId: string, @Query('waitMs') waitMs = '0'): Promise<Reply> {
    const wait = Number(waitMs);
    if (!Number.isInteger(wait) || wait < 0 || wait > LONGEST_WAIT)
      throw new BadRequestException(`waitMs is 0 to ${LONGEST_WAIT}`);
    const reply = await this.replies.find(correlationId, wait);
    if (reply === undefined) throw new RequestTimeoutException('no reply yet: ask again');
    return reply;
  }
}

function recordsOf(body: unknown): readonly OutgoingMessage[] {
  const records = typeof body === 'object' && body !== null && 'records' in body ? body.records : undefined;
  if (!Array.isArray(records) || records.length === 0 || records.length > MAX_RECORDS) {
    throw new BadRequestException(`send {"records":[…]} with 1 to ${MAX_RECORDS} records`);
  }
  return records.map((record: unknown) => {
    if (!isRecord(record)) {
      throw new BadRequestException('a record is {"key": text, "headers": {name: text}, "value": base64}');
    }
    return { key: record.key, headers: record.headers, value: Buffer.from(record.value, 'base64') };
  });
}

function isRecord(value: unknown): value is BridgedMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { key, headers, value: bytes } = value as Partial<Record<keyof BridgedMessage, unknown>>;
  return (
    typeof key === 'string' &&
    key !== '' &&
    typeof bytes === 'string' &&
    BASE64.test(bytes) &&
    typeof headers === 'object' &&
    headers !== null &&
    Object.values(headers).every((header) => typeof header === 'string')
  );
}

import { checkTopic } from '../message-rules.js';
import { placeOf, TopicReader, type TopicPage } from '../topic-reader.js';
import type { InMemoryMessageLog } from './in-memory-message-log.js';

/** Its cursor is the number of messages that were read. */
export class InMemoryTopicReader extends TopicReader {
  constructor(private readonly log: InMemoryMessageLog) {
    super();
  }

  async readTopic(topic: string, cursor: string | undefined, limit: number): Promise<TopicPage> {
    checkTopic(topic);
    const start = placeOf(cursor);
    const messages = this.log.readInOrder(topic, start, limit);
    return { messages, cursor: messages.length === 0 ? cursor : String(start + messages.length) };
  }
}

import { prepared } from '#platform/sqlite/prepared';
import type { SqliteFile } from '#platform/sqlite/sqlite-file';
import { checkTopic } from '../message-rules.js';
import { placeOf, TopicReader, type TopicPage } from '../topic-reader.js';
import { MESSAGE_COLUMNS, receivedMessage, type MessageRow } from './message-row.js';
import type { MessageSealer } from './sealed-message.js';

/** Its cursor is the message's number among all of the file. */
export class SqliteTopicReader extends TopicReader {
  constructor(
    private readonly file: SqliteFile,
    private readonly sealer: MessageSealer,
  ) {
    super();
  }

  async readTopic(topic: string, cursor: string | undefined, limit: number): Promise<TopicPage> {
    checkTopic(topic);
    const select = prepared<[string, number, number], MessageRow>(
      this.file.reader(),
      `SELECT ${MESSAGE_COLUMNS} FROM message WHERE topic = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    );
    const rows = select.all(topic, placeOf(cursor), limit);
    const last = rows.at(-1);
    return {
      messages: rows.map((row) => receivedMessage(row, this.sealer)),
      cursor: last === undefined ? cursor : String(last.sequence),
    };
  }
}

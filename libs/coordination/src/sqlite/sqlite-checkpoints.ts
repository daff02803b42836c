import { prepared } from '#platform/sqlite/prepared';
import type { SqliteAccess } from '#platform/sqlite/read-only-sqlite-file';
import { Checkpoints } from '../checkpoints.js';
import { COORDINATION } from './coordination-writer.js';
import type { AdvanceJob } from './writer.js';

export class SqliteCheckpoints extends Checkpoints {
  readonly #file: SqliteAccess;

  constructor(file: SqliteAccess) {
    super();
    this.#file = file;
  }

  async load(name: string): Promise<string | undefined> {
    return prepared<[string], { position: string }>(
      this.#file.reader(),
      'SELECT position FROM checkpoints WHERE name = ?',
    ).get(name)?.position;
  }

  async advance(name: string, from: string | undefined, to: string): Promise<'moved' | 'lost'> {
    const job: AdvanceJob = { name, from, to };
    return (await this.#file.run<boolean>(COORDINATION, 'advance', job)) ? 'moved' : 'lost';
  }
}

import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { Checkpoints } from '../checkpoints.js';

export class PostgresCheckpoints extends Checkpoints {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async load(name: string): Promise<string | undefined> {
    const [row] = await this.database.read<{ position: string }>(
      'SELECT position FROM payout_coordination.checkpoint WHERE name = $1',
      [name],
    );
    return row?.position;
  }

  async advance(name: string, from: string | undefined, to: string): Promise<'moved' | 'lost'> {
    const { count } =
      from === undefined
        ? await this.database.write(
            'INSERT INTO payout_coordination.checkpoint (name, position) VALUES ($1, $2) ON CONFLICT DO NOTHING',
            [name, to],
          )
        : await this.database.write(
            'UPDATE payout_coordination.checkpoint SET position = $2 WHERE name = $1 AND position = $3',
            [name, to, from],
          );
    return count === 1 ? 'moved' : 'lost';
  }
}

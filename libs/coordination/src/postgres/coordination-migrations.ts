import type { MigrationSet } from '#platform/postgres/migrations';

/**
 * Checkpoints, follow-ups, held messages and leases. Texts are compared byte by byte, as SQLite does. Ids of held
 * messages are never given again: what an operator skipped or retried can't be another one by then. A lease's row stays
 * for ever, since its fence does.
 */
export const COORDINATION_MIGRATIONS: MigrationSet = {
  schema: 'payout_coordination',
  migrations: {
    '0001-tables': [
      `CREATE TABLE payout_coordination.checkpoint (
        name text COLLATE "C" PRIMARY KEY,
        position text COLLATE "C" NOT NULL
      )`,
      `CREATE TABLE payout_coordination.follow_up (
        key text COLLATE "C" PRIMARY KEY,
        due_at bigint NOT NULL
      )`,
      'CREATE INDEX follow_up_by_time ON payout_coordination.follow_up (due_at, key)',
      `CREATE TABLE payout_coordination.hold (
        key text COLLATE "C" PRIMARY KEY,
        number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        since bigint NOT NULL,
        reason text NOT NULL,
        retry_requested boolean NOT NULL DEFAULT false
      )`,
      `CREATE TABLE payout_coordination.held_message (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key text COLLATE "C" NOT NULL REFERENCES payout_coordination.hold,
        topic text COLLATE "C" NOT NULL,
        topic_offset text COLLATE "C" NOT NULL,
        sealed bytea NOT NULL,
        UNIQUE (key, topic, topic_offset)
      )`,
      `CREATE TABLE payout_coordination.lease (
        name text COLLATE "C" PRIMARY KEY,
        holder text COLLATE "C",
        fence bigint NOT NULL,
        ttl_ms bigint NOT NULL,
        expires_at timestamptz NOT NULL
      )`,
    ],
  },
};

import type { ReadModelDatabase } from '#read-models/database';

/** The read models as an auditor looks at them: all of one moment, and nothing can be written. */
export abstract class AuditedTables {
  /**
   * Runs `job` on the tables as they are at its start, whatever a projection writes meanwhile. What `job` reads of the
   * log afterwards reaches at least as far: no checkpoint that it sees lies after the end of a whole log.
   */
  abstract inSnapshot<R>(job: (database: ReadModelDatabase) => Promise<R>): Promise<R>;
}

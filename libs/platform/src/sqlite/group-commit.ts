import type { Database } from 'better-sqlite3';
import { errorRecord, type JobAnswer, type JobCall } from './writer-protocol.js';
import { prepared } from './prepared.js';

/** Runs one job and gives its result. */
export type RunJob = (call: JobCall) => unknown;

export interface GroupOutcome {
  readonly committed: boolean;
  readonly answers: readonly JobAnswer[];
  /** The disk can't be trusted any more: nothing may be written after it. */
  readonly fatal: unknown;
}

/**
 * Runs the jobs in one transaction, a savepoint each, and makes them durable by one flush. A job that throws undoes
 * only itself. When the transaction as a whole is lost, each job of the group is answered `unknown`, except those that
 * had failed by themselves.
 */
export function commitGroup(db: Database, jobs: readonly JobCall[], run: RunJob): GroupOutcome {
  const answers: JobAnswer[] = [];
  try {
    prepared(db, 'BEGIN IMMEDIATE').run();
    for (const call of jobs) answers.push(runInSavepoint(db, call, run));
    prepared(db, 'COMMIT').run();
    return { committed: true, answers, fatal: undefined };
  } catch (error) {
    if (db.inTransaction) prepared(db, 'ROLLBACK').run();
    const record = errorRecord(error);
    return {
      committed: false,
      answers: jobs.map((_, index) => {
        const answer = answers[index];
        return answer?.kind === 'failed' ? answer : { kind: 'unknown', error: record };
      }),
      fatal: isDiskFailure(record.code) ? error : undefined,
    };
  }
}

function runInSavepoint(db: Database, call: JobCall, run: RunJob): JobAnswer {
  prepared(db, 'SAVEPOINT job').run();
  try {
    const result = run(call);
    prepared(db, 'RELEASE job').run();
    return { kind: 'done', result };
  } catch (error) {
    // A full disk or an I/O error may have rolled back the whole transaction: then the group is lost, not the job.
    if (!db.inTransaction || isDiskFailure(errorRecord(error).code)) throw error;
    prepared(db, 'ROLLBACK TO job').run();
    prepared(db, 'RELEASE job').run();
    return { kind: 'failed', error: errorRecord(error) };
  }
}

/**
 * After a failed flush the kernel may have dropped the pages and report success the next time, so that going on could
 * acknowledge what is lost. A full disk is not of this kind: with room again the writer goes on.
 */
function isDiskFailure(code: string | undefined): boolean {
  return (
    code !== undefined &&
    (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
  );
}

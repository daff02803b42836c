import type { Database } from 'better-sqlite3';

interface Job {
  readonly run: () => unknown;
  readonly done: (result: unknown) => void;
  readonly failed: (reason: unknown) => void;
}

type Result =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: unknown };

/**
 * Runs write jobs, all that wait in one turn of the event loop in one transaction, so that many requests share one
 * flush of the disk. A job that throws undoes only itself. A promise resolves when its job is on disk.
 */
export class GroupCommit {
  private waiting: Job[] = [];

  constructor(private readonly db: Database) {}

  write<R>(run: () => R): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.waiting.push({ run, done: (result) => resolve(result as R), failed: reject });
    });
  }

  private flush(): void {
    const jobs = this.waiting;
    this.waiting = [];
    // better-sqlite3 makes a transaction inside a transaction a savepoint.
    const one = this.db.transaction((job: Job): unknown => job.run());
    const all = this.db.transaction((): Result[] =>
      jobs.map((job) => {
        try {
          return { ok: true, value: one(job) };
        } catch (reason) {
          return { ok: false, reason };
        }
      }),
    );
    let results: Result[];
    try {
      results = all.immediate();
    } catch (reason) {
      results = jobs.map(() => ({ ok: false, reason }));
    }
    jobs.forEach((job, index) => {
      const result = results[index];
      if (result?.ok === true) job.done(result.value);
      else job.failed(result?.reason);
    });
  }
}

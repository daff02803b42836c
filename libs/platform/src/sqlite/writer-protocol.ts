/** What `SqliteFile` and its writer's thread say to each other. Answers come in the order of the jobs. */
export interface WriterData {
  readonly path: string;
  readonly modules: readonly string[];
}

export interface JobCall {
  readonly module: string;
  readonly job: string;
  readonly args: unknown;
}

export type ToWriter =
  { readonly kind: 'jobs'; readonly jobs: readonly JobCall[] } | { readonly kind: 'close' };

/** An error as it travels: a structured clone would lose its name. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  /** SQLite's code, such as `SQLITE_FULL`, where there is one. */
  readonly code: string | undefined;
}

/**
 * `done`: the job's writes are durable. `failed`: its own writes were undone. `unknown`: the commit of its group
 * failed.
 */
export type JobAnswer =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | { readonly kind: 'unknown'; readonly error: ErrorRecord };

export type FromWriter =
  | { readonly kind: 'ready' }
  | { readonly kind: 'not-opened'; readonly error: ErrorRecord }
  | { readonly kind: 'group'; readonly committed: boolean; readonly answers: readonly JobAnswer[] }
  /** The disk failed under a commit: the thread ends after it. */
  | { readonly kind: 'giving-up'; readonly error: ErrorRecord };

export function errorRecord(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name: error.name, message: error.message, code };
}

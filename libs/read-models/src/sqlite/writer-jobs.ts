/** What crosses to the writer's thread. A checkpoint at the start of the log is the empty text. */
export interface RunsOf {
  readonly sql: string;
  /** One run for each list. */
  readonly parameters: readonly (readonly unknown[])[];
}

export interface DefineJob {
  readonly model: string;
  readonly version: number;
  readonly drop: readonly RunsOf[];
  readonly create: readonly RunsOf[];
}

export interface ApplyJob {
  readonly model: string;
  readonly from: string;
  readonly to: string;
  /** Rows that the statements make of nothing that they read of each other: their order is kept all the same. */
  readonly statements: readonly RunsOf[];
}

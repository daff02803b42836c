/** How far a consumer has read a log, by the consumer's name. The text is the log's own and opaque here. */
export abstract class Checkpoints {
  /** Undefined: the consumer is new. */
  abstract load(name: string): Promise<string | undefined>;

  /**
   * Moves the checkpoint if it is still at `from` (undefined: if there is none yet). `lost`: it is somewhere else, and
   * nothing was changed: another copy works under this name, or an earlier move went through unheard. Load it again.
   */
  abstract advance(name: string, from: string | undefined, to: string): Promise<'moved' | 'lost'>;
}

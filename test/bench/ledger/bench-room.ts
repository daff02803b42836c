import type { CommandEngines } from '#command/command.module';

/** Engines to measure on. */
export interface BenchRoom {
  readonly engines: Omit<CommandEngines, 'registry'>;
  close(): Promise<void>;
  /** Removes what they kept. */
  remove(): Promise<void>;
}

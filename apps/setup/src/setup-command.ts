import type { ConfigSchema, Environment } from '#platform/config/read-config';
import type { Logger } from '#platform/logging/logger';
import type { Clock } from '#platform/time/clock';

export interface SetupWorld {
  readonly env: Environment;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** Prepares one engine. It may be run again at any time: what is done already is left alone. */
export interface SetupCommand {
  readonly purpose: string;
  readonly schema: ConfigSchema;
  /** Rejects with an error that says what to do. */
  readonly run: (world: SetupWorld) => Promise<void>;
}

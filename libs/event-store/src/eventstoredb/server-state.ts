import type { Logger } from '#platform/logging/logger';
import { clientFailure, describeFailure } from './client-failure.js';

/** Whether the server can be worked with, as readiness shows it. */
export interface EventStoreStatus {
  readonly ready: boolean;
  readonly detail: string;
}

type Reach = 'connecting' | 'answers' | 'silent' | 'denied';

/** What is known of the server; one line is logged for each change. */
export class ServerState {
  readonly #logger: Logger;
  readonly #server: string;
  #reach: Reach = 'connecting';
  #reason = '';

  constructor(logger: Logger, server: string) {
    this.#logger = logger;
    this.#server = server;
  }

  get answers(): boolean {
    return this.#reach === 'answers';
  }

  status(): EventStoreStatus {
    switch (this.#reach) {
      case 'connecting':
        return { ready: false, detail: `EventStoreDB at ${this.#server}: connecting` };
      case 'answers':
        return { ready: true, detail: `EventStoreDB at ${this.#server} answers` };
      case 'silent':
        return { ready: false, detail: `EventStoreDB at ${this.#server} doesn't answer: ${this.#reason}` };
      case 'denied':
        return {
          ready: false,
          detail: `EventStoreDB at ${this.#server} refuses our user: check user and password in EVENTSTORE_URL, and run npm run prepare-log`,
        };
    }
  }

  succeeded(): void {
    if (this.#reach === 'answers') return;
    this.#reach = 'answers';
    this.#logger.info('EventStoreDB answers', { server: this.#server });
  }

  failed(error: unknown): void {
    const denied = clientFailure(error).kind === 'access-denied';
    const reach = denied ? 'denied' : 'silent';
    this.#reason = describeFailure(error);
    if (this.#reach === reach) return;
    this.#reach = reach;
    const fields = { server: this.#server, reason: this.#reason };
    if (denied) {
      this.#logger.error(
        'EventStoreDB refuses our user: check EVENTSTORE_URL, and run npm run prepare-log',
        fields,
      );
    } else {
      this.#logger.warn("EventStoreDB doesn't answer; it is asked again until it does", fields);
    }
  }
}

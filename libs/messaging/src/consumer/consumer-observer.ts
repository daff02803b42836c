/** One message that isn't done yet, or was given up. No value, key or header is in it. */
export interface ConsumerIncident {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly reason: string;
}

/** What an operator wants to see of the consumers: the app hands in one that logs and counts. It must not throw. */
export interface ConsumerObserver {
  /** The message comes again after `pauseMs`; it has failed so often in a row. */
  retrying(incident: ConsumerIncident & { readonly failures: number; readonly pauseMs: number }): void;
  /** The message is durably on `payout.parked.v1`. */
  parked(incident: ConsumerIncident): void;
}

export const NO_OBSERVER: ConsumerObserver = { retrying: () => undefined, parked: () => undefined };

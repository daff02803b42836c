/** One message that isn't done yet, or was given up. No value, key or header is in it. */
export interface ConsumerIncident {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly reason: string;
}

/** How far one consumer of a group is behind, over the partitions that it has at the moment. */
export interface ConsumerLag {
  readonly group: string;
  readonly topic: string;
  /** Messages after the group's committed offset, all partitions of this consumer together; 0 when it has none. */
  readonly messages: bigint;
}

/** What an operator wants to see of the consumers: the app hands in one that logs and counts. It must not throw. */
export interface ConsumerObserver {
  /** The message comes again after `pauseMs`; it has failed so often in a row. */
  retrying(incident: ConsumerIncident & { readonly failures: number; readonly pauseMs: number }): void;
  /** The message is durably on `payout.parked.v1`. */
  parked(incident: ConsumerIncident): void;
  /**
   * Told every few seconds by an adapter that knows it without asking for it specially, and replaces what was told of
   * the group and topic before; after the consumer has ended, once more with 0.
   */
  lag?(lag: ConsumerLag): void;
}

export const NO_OBSERVER: ConsumerObserver = { retrying: () => undefined, parked: () => undefined };

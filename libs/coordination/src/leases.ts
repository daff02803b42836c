/** A lease that somebody holds at the moment. */
export interface LeaseState {
  readonly name: string;
  readonly holder: string;
  readonly fence: bigint;
  /** How long it still runs by the store's clock, unless it is renewed; at least 0. */
  readonly expiresInMs: number;
}

/**
 * Who does what only one copy may do. One holder at a time, by the store's clock; the fence grows with every change of
 * holder, for ever, also over a release. A lease decides nothing: it pauses and hands over work whose effects are safe
 * by other means (expected revisions, claims), since a holder can be late in noticing that it holds it no more.
 * Any of these may reject when the store is out of reach; whether it was done is then unknown, and asking again is right.
 */
export abstract class Leases {
  /**
   * The fence when the lease was free or had run out, or is this holder's already (then it is only prolonged and keeps
   * its fence); undefined when another holds it. `holder` is one process's own name: see `leaseHolder`.
   */
  abstract take(name: string, holder: string, ttlMs: number): Promise<bigint | undefined>;

  /** Prolongs it to `ttlMs` from now. False when it isn't held under this fence any more, or had run out. */
  abstract renew(name: string, holder: string, fence: bigint, ttlMs: number): Promise<boolean>;

  /** Frees it for the next one at once; nothing when it isn't held under this fence any more. */
  abstract release(name: string, holder: string, fence: bigint): Promise<void>;

  /** Those that are held, by name. */
  abstract list(): Promise<readonly LeaseState[]>;
}

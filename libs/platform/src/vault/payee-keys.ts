import type { WrappedKey } from './key-wrapper.js';

export type { WrappedKey } from './key-wrapper.js';

/**
 * One wrapped key per payee. It lies apart from the data that is sealed with it: destroying the key erases the
 * person's data wherever copies of it are. What each adapter must do is in `test/contract/payee-keys.contract.ts`.
 */
export abstract class PayeeKeys {
  /**
   * The payee's key, made if there is none; durable when it resolves, and the same one for all who ask at once.
   * Rejects with `PayeeErasedError` when it was destroyed: a destroyed key never comes back.
   */
  abstract getOrCreate(payeeId: string): Promise<WrappedKey>;

  /** The payee's key; `erased` when it was destroyed; undefined when there never was one. */
  abstract find(payeeId: string): Promise<WrappedKey | 'erased' | undefined>;

  /** True when this call destroyed the key; false when there was none, or it was destroyed before. Durable. */
  abstract destroy(payeeId: string): Promise<boolean>;
}

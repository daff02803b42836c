import { PayeeErasedError } from '../errors.js';
import type { KeyWrapper } from '../key-wrapper.js';
import { PayeeKeys, type WrappedKey } from '../payee-keys.js';

/** Keys that end with the process: for tests and simulations. */
export class InMemoryPayeeKeys extends PayeeKeys {
  readonly #wrapper: KeyWrapper;
  readonly #keys = new Map<string, WrappedKey | 'erased'>();

  constructor(wrapper: KeyWrapper) {
    super();
    this.#wrapper = wrapper;
  }

  async getOrCreate(payeeId: string): Promise<WrappedKey> {
    const known = this.#keys.get(payeeId);
    if (known === 'erased') throw new PayeeErasedError(payeeId);
    if (known !== undefined) return known;
    const created = this.#wrapper.create(payeeId);
    this.#keys.set(payeeId, created);
    return created;
  }

  async find(payeeId: string): Promise<WrappedKey | 'erased' | undefined> {
    return this.#keys.get(payeeId);
  }

  async destroy(payeeId: string): Promise<boolean> {
    const known = this.#keys.get(payeeId);
    if (known === undefined || known === 'erased') return false;
    this.#keys.set(payeeId, 'erased');
    return true;
  }
}

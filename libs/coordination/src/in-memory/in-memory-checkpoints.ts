import { Checkpoints } from '../checkpoints.js';

export class InMemoryCheckpoints extends Checkpoints {
  readonly #positions = new Map<string, string>();

  async load(name: string): Promise<string | undefined> {
    return this.#positions.get(name);
  }

  async advance(name: string, from: string | undefined, to: string): Promise<'moved' | 'lost'> {
    if (this.#positions.get(name) !== from) return 'lost';
    this.#positions.set(name, to);
    return 'moved';
  }
}

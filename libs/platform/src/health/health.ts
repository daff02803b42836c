export interface Readiness {
  readonly ready: boolean;
  /** What it waits for, or what it has; one line. */
  readonly detail: string;
}

export interface NamedReadiness extends Readiness {
  readonly name: string;
}

export interface ReadyReport {
  readonly ready: boolean;
  readonly checks: readonly NamedReadiness[];
  /** Names of those that aren't ready. */
  readonly waitsFor: readonly string[];
}

/**
 * Whether this process lives, and whether it may be given work. Checks are synchronous: each part keeps its own state
 * and tells it, so that a probe can't be slow and can't load what is already in trouble.
 */
export class Health {
  readonly #checks = new Map<string, () => Readiness>();
  #failure: string | undefined;

  /** Adds a readiness check under a name of its own. The returned function takes it away. */
  register(name: string, check: () => Readiness): () => void {
    if (this.#checks.has(name)) throw new RangeError(`there is a readiness check named ${name} already`);
    this.#checks.set(name, check);
    return () => {
      if (this.#checks.get(name) === check) this.#checks.delete(name);
    };
  }

  /** Something has ended that only a restart brings back: from now on the process is not live. */
  fail(why: string): void {
    this.#failure ??= why;
  }

  live(): { readonly live: boolean; readonly detail: string } {
    return { live: this.#failure === undefined, detail: this.#failure ?? 'running' };
  }

  /** Ready when every check is, and there is one: a process that has registered nothing is still starting. */
  ready(): ReadyReport {
    const checks = [...this.#checks].map(([name, check]): NamedReadiness => ({ name, ...ask(check) }));
    if (checks.length === 0) checks.push({ name: 'start', ready: false, detail: 'starting' });
    if (this.#failure !== undefined) checks.push({ name: 'process', ready: false, detail: this.#failure });
    const waitsFor = checks.filter(({ ready }) => !ready).map(({ name }) => name);
    return { ready: waitsFor.length === 0, checks, waitsFor };
  }
}

function ask(check: () => Readiness): Readiness {
  try {
    return check();
  } catch (error) {
    return {
      ready: false,
      detail: `the check itself failed: ${error instanceof Error ? error.name : 'unknown'}`,
    };
  }
}

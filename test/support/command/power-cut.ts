import { Clock, type EpochMs } from '#platform/time/clock';

/** The step at which the power goes: counted from 0, and either before it is done or when it is done and not yet known. */
export interface CutPoint {
  readonly step: number;
  readonly when: 'before' | 'after';
}

/**
 * The power of one run of an app. Every write of the app, and every call that moves money, is a step and is counted;
 * at the chosen one, or when `cut` is called, the power goes: from then on nothing that this run calls is done or ever
 * answers, and none of its timers fires. What was done before stays done, as on a disk.
 */
export class PowerCut {
  /** What was done since `arm`, by name. */
  readonly steps: string[] = [];
  readonly #off = new AbortController();
  #point: CutPoint | undefined;

  get isOff(): boolean {
    return this.#off.signal.aborted;
  }

  /** Begins to count anew; `point` absent: the power stays. */
  arm(point: CutPoint | undefined): void {
    this.steps.length = 0;
    this.#point = point;
  }

  cut(): void {
    this.#off.abort();
  }

  /** The same object as the app sees it. `writes` are steps; all they do they do before their first `await`. */
  guard<T extends object>(target: T, name: string, writes: readonly (string & keyof T)[]): T {
    return new Proxy(target, {
      get: (_target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        const call = (args: readonly unknown[]): unknown => Reflect.apply(member, target, args);
        const isWrite = (writes as readonly (string | symbol)[]).includes(property);
        return (...args: readonly unknown[]): unknown => {
          if (this.isOff) return new Silence();
          return isWrite ? this.#step(`${name}.${String(property)}`, () => call(args)) : call(args);
        };
      },
    });
  }

  clock(inner: Clock): Clock {
    return new MortalClock(inner, this.#off.signal);
  }

  #step(name: string, call: () => unknown): unknown {
    const step = this.steps.push(name) - 1;
    const now = this.#point?.step === step ? this.#point.when : undefined;
    if (now === 'before') {
      this.cut();
      return new Silence();
    }
    const answer = call();
    if (now === undefined) return answer;
    this.cut();
    return new Silence();
  }
}

/** An answer that never comes, to an `await` as to a `for await`. */
class Silence extends Promise<never> {
  constructor(executor: ConstructorParameters<typeof Promise<never>>[0] = () => undefined) {
    super(executor);
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  [Symbol.asyncIterator](): AsyncIterator<never> {
    return { next: () => new Promise(() => undefined) };
  }
}

class MortalClock extends Clock {
  constructor(
    private readonly inner: Clock,
    private readonly off: AbortSignal,
  ) {
    super();
  }

  now(): EpochMs {
    return this.inner.now();
  }

  monotonicMs(): number {
    return this.inner.monotonicMs();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const stop = (): void => {
        cancel();
        resolve();
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  after(ms: number, action: () => void): () => void {
    if (this.off.aborted) return () => undefined;
    const cancel = this.inner.after(ms, () => {
      this.off.removeEventListener('abort', cancel);
      action();
    });
    this.off.addEventListener('abort', cancel, { once: true });
    return () => {
      this.off.removeEventListener('abort', cancel);
      cancel();
    };
  }
}

import { SeededRandom } from '../processes/seeded-random.js';
import type { RpcError } from './wire/rpc-errors.js';
import * as errors from './wire/rpc-errors.js';

/** The calls that a fault can meet. `append` is both of them; `read` is of a stream or of all. */
export const FAULT_CALLS = ['append', 'read', 'subscription', 'features', 'gossip', 'delete'] as const;
export type FaultCall = (typeof FAULT_CALLS)[number];

/**
 * What happens instead of the answer. Each is something that was recorded on a real server:
 * - `cut`: the connection is reset, with all that is under way on it (14, `read ECONNRESET`).
 * - `silence`: no answer, ever.
 * - `unavailable`, `deadline-exceeded` (4), `unknown` (13), `timeout` (10, "Forwarding timeout"), `cancelled-by-server`
 *   (10, "Request canceled by server"): a leader that dies, hangs or is voted out.
 * - `bare-unavailable`: the append's stream ends with 14 and so does the next question for the server's features, which
 *   the client hands on as an `Error` with `code` 14 that is no `UnavailableError`.
 * - `not-ready`: the server is starting.
 * - `not-leader`: names the leader (this server), to an append that requires it.
 * - `too-slow`: the live subscription is dropped, as 23.10 does it in a burst.
 */
export const FAULT_ANSWERS = [
  'cut',
  'silence',
  'unavailable',
  'bare-unavailable',
  'not-ready',
  'deadline-exceeded',
  'unknown',
  'timeout',
  'cancelled-by-server',
  'not-leader',
  'too-slow',
] as const;
export type FaultAnswer = (typeof FAULT_ANSWERS)[number];

export interface FaultRule {
  readonly call: FaultCall;
  readonly answer: FaultAnswer;
  /** Appends and deletes: whether the write happens before the answer is lost. Absent: it doesn't. */
  readonly written?: boolean;
  /** Reads and subscriptions: after that many events of the call. Absent: at its start. */
  readonly afterEvents?: number;
  /** Only calls on streams whose name starts so. */
  readonly streamPrefix?: string;
  /** The next so many calls. Absent: until it is disarmed. */
  readonly times?: number;
  /** Chance that a call is met, drawn from `seed`. Absent: every call. */
  readonly probability?: number;
  readonly seed?: number;
}

export interface ArmedFault {
  readonly id: number;
  readonly rule: FaultRule;
  /** Calls that it has met. */
  readonly hits: number;
}

/** What meets one call. */
export interface Fault {
  readonly answer: FaultAnswer;
  readonly written: boolean;
  readonly afterEvents: number;
}

interface Armed {
  readonly id: number;
  readonly rule: FaultRule;
  readonly random: SeededRandom;
  hits: number;
}

/** The faults that are armed, and how often each has struck. */
export class Faults {
  #armed: Armed[] = [];
  #nextId = 1;

  arm(rule: FaultRule): ArmedFault {
    const armed: Armed = { id: this.#nextId++, rule, random: new SeededRandom(rule.seed ?? 1), hits: 0 };
    this.#armed.push(armed);
    return { id: armed.id, rule, hits: 0 };
  }

  /** All of them, or one. */
  disarm(id?: number): void {
    this.#armed = id === undefined ? [] : this.#armed.filter((armed) => armed.id !== id);
  }

  list(): readonly ArmedFault[] {
    return this.#armed.map(({ id, rule, hits }) => ({ id, rule, hits }));
  }

  /** The first armed fault that meets this call; it is counted. `too-slow` meets a live subscription only. */
  next(call: FaultCall, stream = '', live = true): Fault | undefined {
    if (this.#armed.length === 0) return undefined;
    for (const armed of this.#armed) {
      const { rule } = armed;
      if (rule.call !== call || !stream.startsWith(rule.streamPrefix ?? '')) continue;
      if (rule.answer === 'too-slow' && !live) continue;
      if (rule.times !== undefined && armed.hits >= rule.times) continue;
      if (rule.probability !== undefined && armed.random.next() >= rule.probability) continue;
      armed.hits += 1;
      if (rule.answer === 'bare-unavailable') this.arm({ call: 'features', answer: 'unavailable', times: 1 });
      return { answer: rule.answer, written: rule.written ?? false, afterEvents: rule.afterEvents ?? 0 };
    }
    return undefined;
  }
}

/** The error of a fault that is one; `cut` and `silence` have none. */
export function errorOf(answer: FaultAnswer, leader: { host: string; port: number }): RpcError | undefined {
  switch (answer) {
    case 'cut':
    case 'silence':
      return undefined;
    case 'unavailable':
    case 'bare-unavailable':
      return errors.unavailable('Connection dropped');
    case 'not-ready':
      return errors.serverNotReady();
    case 'deadline-exceeded':
      return errors.deadlineExceeded();
    case 'unknown':
      return errors.internalError('Error starting gRPC call');
    case 'timeout':
      return errors.operationTimedOut('Forwarding timeout');
    case 'cancelled-by-server':
      return errors.operationTimedOut('Request canceled by server');
    case 'not-leader':
      return errors.notLeader(leader.host, leader.port);
    case 'too-slow':
      return errors.consumerTooSlow();
  }
}

import { publishCommand, replyTo, type BusAddress, type BusCommand } from './bus-bridge.js';
import { callUntilAnswered, textIn, type JsonAnswer } from './json-call.js';
import type { LedgerProcesses } from './ledger-processes.js';
import { PAYOUT_ROUTES, type PayoutRoute } from './payout-routes.js';
import type { SeededRandom } from './seeded-random.js';

/** What a caller was told, and may rely on for ever. */
export interface Acknowledged {
  readonly commandId: string;
  readonly command: 'RequestPayout' | 'CancelPayout' | 'Deposit';
  /** `refused`: of a cancellation that came too late; it is in the log too. */
  readonly outcome: 'accepted' | 'rejected' | 'refused';
  /** The payout's or the instruction's stream. */
  readonly stream: string;
  /** Of the event that was acknowledged, where the answer names it. */
  readonly position: string | undefined;
}

interface PlannedPayout {
  readonly commandId: string;
  readonly via: 'http' | 'bus';
  readonly accountId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const WORKERS = 4;
const PAUSE = 25;
/** Over several kills and starts. */
const ANSWERED_WITHIN = 30_000;

/** What the sandbox does with some of the orders; the others are plain successes. */
const FAULTS: readonly object[] = [
  { outcome: 'fail' },
  { outcome: 'success', create: { fault: 'no-answer-after-paying' } },
  { outcome: 'success', create: { fault: 'no-answer-after-paying' }, callback: { skip: true } },
  { outcome: 'success', create: { fault: 'drop-before' } },
  { outcome: 'success', create: { fault: '500-after-paying' } },
  { outcome: 'success', create: { delayMs: 300 } },
  { outcome: 'success', callback: { duplicates: 3 } },
  { outcome: 'success', callback: { reorder: { afterMs: 400, as: 'fail' } } },
  { outcome: 'success', callback: { skip: true } },
  { outcome: 'fail', callback: { duplicates: 2 } },
];

/**
 * Callers that send payouts, cancellations and deposits without an end, over HTTP and over the bus. A command that
 * isn't answered is sent again with the same key until it is.
 */
export class PayoutLoad {
  readonly acknowledged: Acknowledged[] = [];
  /** By their payout: whom the provider was to pay. */
  readonly beneficiaries = new Map<string, string>();
  /** Minor units per account, of the deposits that were acknowledged. */
  readonly deposited = new Map<string, bigint>();
  readonly sent: { readonly plan: PlannedPayout; readonly answered: Acknowledged }[] = [];
  /** Commands that were sent and aren't answered yet. */
  underWay = 0;
  #serial = 0;
  #stopping = false;
  #repeats = 0;
  readonly #abandoned = new AbortController();
  #workers: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly processes: LedgerProcesses,
    private readonly random: SeededRandom,
  ) {}

  start(): void {
    this.#workers = Promise.all(Array.from({ length: WORKERS }, () => this.#work()));
    this.#workers.catch(() => undefined);
  }

  /** No new command; resolves when all are answered, and rejects when one was answered wrongly. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#workers;
  }

  /** No new command, and nobody waits for an answer any more: for the end of a test that failed. */
  abandon(): void {
    this.#stopping = true;
    this.#abandoned.abort();
  }

  /** Sends an acknowledged command again, the same way. Resolves with the answer that comes now. */
  repeat(plan: PlannedPayout): Promise<Acknowledged> {
    this.#repeats += 1;
    return this.#send(plan, `repeat-${this.#repeats}-${plan.commandId}`);
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      this.underWay += 1;
      try {
        await this.#step();
      } finally {
        this.underWay -= 1;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  async #step(): Promise<void> {
    const serial = String((this.#serial += 1)).padStart(6, '0');
    if (this.random.next() < 0.05) {
      await this.#deposit(serial);
      return;
    }
    const plan = await this.#plan(serial);
    const answered = await this.#send(plan);
    this.acknowledged.push(answered);
    this.sent.push({ plan, answered });
    if (answered.outcome === 'accepted' && this.random.next() < 0.08) await this.#cancel(serial, answered);
  }

  async #plan(serial: string): Promise<PlannedPayout> {
    const route = this.random.of(PAYOUT_ROUTES);
    const { booked, fields } = route.beneficiary(serial);
    if (this.random.next() < 0.35) {
      const fault = { vendor: route.provider, beneficiary: booked, settleAfterMs: 150 };
      await this.processes.script({ ...fault, ...this.random.of(FAULTS) });
    }
    const accountId = this.random.next() < 0.04 ? 'nobody-opened-it' : route.accountId;
    return {
      commandId: `payout-${serial}`,
      via: this.random.next() < 0.5 ? 'http' : 'bus',
      accountId,
      data: dataOf(route, accountId, fields),
    };
  }

  async #send(
    { commandId, via, accountId, data }: PlannedPayout,
    correlationId = commandId,
  ): Promise<Acknowledged> {
    const answer = await (via === 'http'
      ? this.#askedOverHttp('/v1/payouts', commandId, data, [202, 422])
      : this.#askedOverBus({ type: 'RequestPayout', commandId, data }, { key: accountId, correlationId }));
    const payoutId = textIn(answer.body, 'payoutId');
    const booked = bookedOf(data);
    if (booked !== undefined) this.beneficiaries.set(payoutId, booked);
    const rejected = answer.status === 422 || answer.body['outcome'] === 'rejected';
    return {
      commandId,
      command: 'RequestPayout',
      outcome: rejected ? 'rejected' : 'accepted',
      stream: `payout-${payoutId}`,
      position: textIn(answer.body, 'position'),
    };
  }

  async #cancel(serial: string, { stream }: Acknowledged): Promise<void> {
    const commandId = `cancel-${serial}`;
    const path = `/v1/payouts/${stream.slice('payout-'.length)}/cancel`;
    const answer = await this.#askedOverHttp(path, commandId, { reason: 'changed our mind' }, [200, 409]);
    this.acknowledged.push({
      commandId,
      command: 'CancelPayout',
      outcome: answer.status === 200 ? 'accepted' : 'refused',
      stream,
      position: undefined,
    });
  }

  async #deposit(serial: string): Promise<void> {
    const { accountId, currency } = this.random.of(PAYOUT_ROUTES);
    const commandId = `deposit-${serial}`;
    const units = this.random.between(1, 9_999);
    const body = { amount: String(units), currency };
    const path = `/v1/accounts/${accountId}/deposits`;
    const answer = await this.#askedOverHttp(path, commandId, body, [202]);
    this.acknowledged.push({
      commandId,
      command: 'Deposit',
      outcome: 'accepted',
      stream: `instruction-${textIn(answer.body, 'instructionId')}`,
      position: textIn(answer.body, 'position'),
    });
    this.deposited.set(accountId, (this.deposited.get(accountId) ?? 0n) + BigInt(units));
  }

  async #askedOverHttp(
    path: string,
    key: string,
    body: object,
    expected: readonly number[],
  ): Promise<JsonAnswer> {
    for (;;) {
      const answer = await callUntilAnswered(`${this.processes.api}${path}`, {
        body,
        key,
        signal: this.#abandoned.signal,
      });
      // On the bus already, its reply not yet there: nothing was promised but that.
      if (answer.status === 202 && answer.body['status'] === 'queued') continue;
      if (!expected.includes(answer.status))
        throw new Error(`${key} was answered with ${answer.status}: ${answer.text}`);
      return answer;
    }
  }

  async #askedOverBus(
    command: BusCommand,
    address: Pick<BusAddress, 'key' | 'correlationId'>,
  ): Promise<JsonAnswer> {
    const { bus } = this.processes;
    const asked = { ...address, signal: this.#abandoned.signal };
    await publishCommand(bus, command, asked);
    const until = performance.now() + ANSWERED_WITHIN;
    while (performance.now() < until) {
      // What was published is durable: it isn't sent again, and its reply comes, also after a kill.
      const reply = await replyTo(bus, asked, 200);
      if (reply !== undefined) return reply;
    }
    throw new Error(`${command.commandId} was taken by the bus, and never answered`);
  }
}

function dataOf(
  { amount, currency, provider }: PayoutRoute,
  accountId: string,
  beneficiary: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { accountId, amount, currency, provider, beneficiary, description: 'Monthly commission' };
}

function bookedOf(data: Readonly<Record<string, unknown>>): string | undefined {
  const { methodId, accountNumber, address } = data['beneficiary'] as Readonly<Record<string, string>>;
  return methodId ?? accountNumber ?? address;
}

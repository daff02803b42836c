import type { PlannedPayout } from '#demo/scenario';
import type { Account } from '#demo/scenario';
import { callUntilAnswered } from '../support/processes/json-call.js';
import type { Caller } from './caller.js';
import type { Chaos } from './chaos.js';

const AT_ONCE = 32;
const SCRIPTS_AT_ONCE = 50;

/** Opens the accounts and pays into them, over HTTP: through the gateway, which puts it on Kafka. */
export async function openAccounts(api: string, accounts: readonly Account[]): Promise<void> {
  for (const { accountId, currency, deposit } of accounts) {
    await accepted(`${api}/v1/accounts`, { accountId, currency }, `open-${accountId}`);
    await accepted(
      `${api}/v1/accounts/${accountId}/deposits`,
      { amount: deposit, currency },
      `deposit-${accountId}`,
    );
  }
}

async function accepted(url: string, body: object, key: string): Promise<void> {
  for (;;) {
    const answer = await callUntilAnswered(url, { body, key });
    // On Kafka, and not answered yet: the same again.
    if (answer.status === 202 && answer.body['status'] === 'queued') continue;
    if (answer.status >= 300) throw new Error(`${key} was answered with ${answer.status}: ${answer.text}`);
    return;
  }
}

/** Tells the sandbox what is to become of the orders. */
export async function scriptFaults(sandbox: string, plan: readonly PlannedPayout[]): Promise<number> {
  const scripts = plan.flatMap(({ script }) => (script === undefined ? [] : [script]));
  for (let at = 0; at < scripts.length; at += SCRIPTS_AT_ONCE) {
    const some = scripts.slice(at, at + SCRIPTS_AT_ONCE);
    const { status, text } = await callUntilAnswered(`${sandbox}/_sandbox/scripts`, { body: some });
    if (status !== 200) throw new Error(`the sandbox refused a script: ${text}`);
  }
  return scripts.length;
}

/** What became of the payouts' commands. */
export interface Sent {
  /** Command id to payout id, of those that became one. */
  readonly payoutIds: Map<string, string>;
  /** Command ids. */
  readonly unanswered: string[];
}

/** Puts every payout on Kafka, some with a cancellation behind them, in step with what breaks. */
export async function sendAll(
  plan: readonly PlannedPayout[],
  caller: Caller,
  chaos: Chaos,
  /** Told of each payout that a command became. */
  onAnswer: (payoutId: string) => void,
): Promise<Sent> {
  const sent: Sent = { payoutIds: new Map(), unanswered: [] };
  let answered = 0;
  let next = 0;
  const sendOne = async (payout: PlannedPayout): Promise<void> => {
    const { commandId, accountId, amount, currency, vendor, beneficiary, cancel } = payout;
    const data = {
      accountId,
      amount,
      currency,
      provider: vendor,
      beneficiary,
      description: 'Monthly commission',
    };
    const answer = await caller.ask({ type: 'RequestPayout', commandId, key: accountId, data });
    if (answer === undefined) sent.unanswered.push(commandId);
    answered += 1;
    chaos.progress(answered / plan.length);
    if (answer?.payoutId === undefined) return;
    sent.payoutIds.set(commandId, answer.payoutId);
    onAnswer(answer.payoutId);
    if (!cancel) return;
    const { payoutId } = answer;
    const cancelId = `cancel-${commandId}`;
    const reason = 'changed our mind';
    const cancelled = await caller.ask({
      type: 'CancelPayout',
      commandId: cancelId,
      key: accountId,
      data: { payoutId, reason },
    });
    if (cancelled === undefined) sent.unanswered.push(cancelId);
  };
  const worker = async (): Promise<void> => {
    for (;;) {
      const at = next;
      next += 1;
      const payout = plan[at];
      if (payout === undefined) return;
      await chaos.mayGoOnTo(at / plan.length);
      await sendOne(payout);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, () => worker()));
  return sent;
}

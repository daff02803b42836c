import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeRun } from './checker/judge-run.js';
import type { RunReport } from './checker/run-report.js';
import { callUntilAnswered, pause } from './http.js';
import { countsLine, Progress } from './progress.js';
import { claims, claimsHold, resultLine, table } from './result.js';
import { ALL_ACCOUNTS, planPayouts, type PlannedPayout } from './scenario.js';
import { Sender } from './sender.js';
import { isSettled, listPayouts } from './waiting.js';
import { World } from './world.js';

export interface DemoOptions {
  readonly once: boolean;
  readonly payouts: number;
  /** Where the service's data, the sandbox's book and the logs lie. */
  readonly folder: string;
}

const SENT_AT_ONCE = 6;
const SETTLED_WITHIN = 150_000;

/** Runs the demo. Resolves with the exit code: 0 when every claim holds. */
export async function runDemo({ once, payouts, folder }: DemoOptions): Promise<number> {
  const progress = new Progress();
  const world = await World.in(folder);
  // A run that is broken off leaves nothing behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void world.stop().then(() => process.exit(130));
    });
  }
  try {
    progress.show('starting the sandbox and the service');
    await world.startSandbox();
    const made = await world.startService();
    if (made) progress.say(`Made a master key for this demo only: ${join(folder, 'demo-master-key')}`);
    progress.say(`Sandbox of the five providers: ${world.sandboxUrl}   Service: ${world.api}/docs`);
    progress.show('opening accounts');
    const run = Date.now().toString().slice(-7);
    const plan = planPayouts(payouts, run);
    const ids = await play(world, plan, run, progress);
    progress.show("reading the log and the sandbox's book");
    const report = await proof(world, plan, ids);
    for (const line of table(report)) progress.say(line);
    progress.say(`Read from the log and from the sandbox's book, after ${progress.seconds} s:`);
    for (const line of claims(report)) progress.say(line);
    for (const { claim, text } of report.findings.slice(0, 20)) progress.say(`       ${claim}: ${text}`);
    progress.say('');
    progress.say(resultLine(report, 1));
    const code = claimsHold(report, plan.length) ? 0 : 1;
    if (!once) await explore(world, progress);
    return code;
  } catch (error) {
    progress.say(
      `The demo could not be played to its end: ${error instanceof Error ? error.message : String(error)}`,
    );
    progress.say(`Logs: ${join(folder, 'service.log')}, ${join(folder, 'sandbox.log')}`);
    return 1;
  } finally {
    await world.stop();
  }
}

/** Sends all payouts, kills the service while they are on their way, and waits until nothing moves any more. */
async function play(
  world: World,
  plan: readonly PlannedPayout[],
  run: string,
  progress: Progress,
): Promise<ReadonlyMap<string, string>> {
  let answered = 0;
  const sender = new Sender(world.api, world.bus, () => {
    answered += 1;
    progress.show(`sending: ${answered} of ${plan.length} answered`);
  });
  for (const account of ALL_ACCOUNTS) {
    await sender.openAccount(account);
    await sender.deposit(account, run);
  }
  const scripts = plan.flatMap(({ script }) => (script === undefined ? [] : [script]));
  await callUntilAnswered('POST', `${world.sandboxUrl}/_sandbox/scripts`, scripts);
  const killed = killInTheMiddle(world, () => answered, plan.length, progress);
  await sendAll(sender, plan);
  await killed;
  const until = Date.now() + SETTLED_WITHIN;
  for (;;) {
    const list = await listPayouts(world.api);
    const ours = new Set(sender.payoutIds.values());
    const mine = (list ?? []).filter(({ payoutId }) => ours.has(payoutId));
    progress.show(`settling: ${countsLine(mine)}`);
    if (list !== undefined && isSettled(plan, sender.payoutIds, mine)) return sender.payoutIds;
    if (Date.now() > until) {
      progress.say(`not settled in time: ${countsLine(mine)}`);
      return sender.payoutIds;
    }
    await pause(250);
  }
}

async function sendAll(sender: Sender, plan: readonly PlannedPayout[]): Promise<void> {
  const waiting = [...plan];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await sender.send(next);
  };
  await Promise.all(Array.from({ length: SENT_AT_ONCE }, worker));
}

/** SIGKILL when about half of the commands are answered and their payouts under way, then a new start. */
async function killInTheMiddle(
  world: World,
  answered: () => number,
  total: number,
  progress: Progress,
): Promise<void> {
  while (answered() < total / 2) await pause(5);
  await world.killService();
  progress.say(`SIGKILL after ${answered()} of ${total} answers; starting the service again on what it left`);
  progress.show('starting the service again');
  await world.startService();
}

/** Judges the run from the log on the disk and the sandbox's book, until both stand still. */
async function proof(
  world: World,
  plan: readonly PlannedPayout[],
  ids: ReadonlyMap<string, string>,
): Promise<RunReport> {
  const beneficiaries = knownBeneficiaries(world.folder, plan, ids);
  const counted = new Set(ids.values());
  const judged = async (): Promise<RunReport> =>
    judgeRun({ dataFolder: world.data, book: await world.book(), beneficiaries, counted });
  const until = Date.now() + 10_000;
  for (;;) {
    const report = await judged();
    // Read models are a moment behind the log: what isn't true yet may be soon.
    if (claimsHold(report, plan.length) || Date.now() > until) return report;
    await pause(300);
  }
}

/** Whom each payout was for, of this run and of earlier ones in the same folder. */
function knownBeneficiaries(
  folder: string,
  plan: readonly PlannedPayout[],
  ids: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const file = join(folder, 'beneficiaries.json');
  const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as [string, string][]) : [];
  const ours = plan.map(({ commandId, beneficiaryText }): [string, string] => [
    ids.get(commandId) ?? '',
    beneficiaryText,
  ]);
  const all = new Map([...earlier, ...ours]);
  writeFileSync(file, JSON.stringify([...all]));
  return all;
}

async function explore(world: World, progress: Progress): Promise<void> {
  progress.say(`
It stays up. Look at ${world.api}/docs, or:

  curl -s '${world.api}/v1/payouts?limit=5'
  curl -s '${world.api}/v1/payouts?parked=true'
  npm run audit -- replay --data ${world.data}
  npm run audit -- balance demo-usd --data ${world.data}

What is parked waits for a person: its answer was lost, and its provider has no way to ask.
Ctrl-C ends it.`);
  await new Promise(() => undefined);
}

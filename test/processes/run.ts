import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { ProductionRun } from '#demo/checker/production-run';
import { Progress } from '#demo/progress';
import { claims, resultLine, table } from '#demo/result';
import { SeededRandom } from '../support/processes/seeded-random.js';
import { Caller } from './caller.js';
import { Chaos, planChaos } from './chaos.js';
import { startEngines, type Engines } from './engines.js';
import { COPIES, Fleet } from './fleet.js';
import { openAccounts, scriptFaults, sendAll } from './load.js';
import { armLogFaults, disarmLogFaults } from './log-faults.js';
import type { Options } from './options.js';
import { PLANNED_ACCOUNTS, planRun } from './plan.js';
import { Readers } from './readers.js';
import { TopicCopy } from './topic-copy.js';
import { allHolds, lastVerdict, untilSettled, type Verdict } from './verdict.js';

const SETTLED_WITHIN = 300_000;
const TOLD_WITHIN = 90_000;

/** The whole run. Resolves with the exit code: 0 when every claim holds. */
export async function runProcesses(options: Options): Promise<number> {
  const progress = new Progress();
  const parent = options.folder === undefined ? tmpdir() : resolve(options.folder);
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'payout-ledger-e2e-'));
  progress.say(`seed ${options.seed}   ${options.payouts} payouts   logs in ${folder}`);
  let engines: Engines | undefined;
  let fleet: Fleet | undefined;
  const end = async (): Promise<void> => {
    await fleet?.kill();
    await engines?.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void end().then(() => process.exit(130)));
  let good = false;
  try {
    progress.show('starting Kafka, PostgreSQL and the log');
    engines = await startEngines(folder);
    progress.say(engines.shown);
    fleet = await Fleet.in(folder, engines);
    good = await play(options, engines, fleet, progress);
    return good ? 0 : 1;
  } catch (error) {
    progress.say(
      `the run could not be played to its end: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
    );
    return 1;
  } finally {
    await end();
    if (good && options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    else progress.say(`logs: ${folder}`);
  }
}

async function play(options: Options, engines: Engines, fleet: Fleet, progress: Progress): Promise<boolean> {
  const plan = planRun(options.payouts);
  const random = new SeededRandom(options.seed);
  progress.show('making topics and tables');
  fleet.prepare();
  progress.show('starting the sandbox and the programs');
  await fleet.startSandbox();
  await Promise.all(COPIES.map((name) => fleet.start(name)));
  progress.say(`${COPIES.join(', ')} and the sandbox run, after ${progress.seconds} s`);

  const kafka = new Kafka({
    clientId: 'e2e-payroll',
    brokers: [engines.brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 8, maxRetryTime: 2_000 },
  });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const caller = new Caller(producer);
  const topics = await TopicCopy.start(
    kafka,
    'e2e-judge',
    ['payout.replies.v1', 'payout.events.v1'],
    (topic, message) => {
      if (topic === 'payout.replies.v1') caller.heard(message);
    },
  );
  const production = ProductionRun.open(engines);
  try {
    progress.show('opening accounts');
    await openAccounts(fleet.api, PLANNED_ACCOUNTS);
    const faults = await scriptFaults(fleet.sandboxUrl, plan);
    progress.say(`${PLANNED_ACCOUNTS.length} accounts are open; ${faults} orders will meet a fault`);

    await armLogFaults(engines.standIn, options.seed);
    const answered: string[] = [];
    const readers = new Readers(fleet, new SeededRandom(options.seed + 1), () => answered);
    readers.start();
    let now = 'all runs';
    const chaos = new Chaos(
      planChaos({ fleet, engines, random, kills: options.kills }),
      (what, number, of) => {
        now = what;
        progress.say(`${String(progress.seconds).padStart(3)} s  ${number} of ${of}: ${what}`);
      },
    );
    const sending = sendAll(plan, caller, chaos, (payoutId) => {
      answered.push(payoutId);
      progress.show(`${answered.length} of ${plan.length} answered; ${now}`);
    });
    const [sent] = await Promise.all([sending, chaos.run()]);
    progress.say(`all are answered but ${sent.unanswered.length}, after ${progress.seconds} s`);
    const met = await disarmLogFaults(engines.standIn);
    if (met.length > 0) progress.say(`faults that the log was made to have: ${met.join(', ')}`);
    const { seen, wrong } = await readers.stop();
    progress.say(`readers meanwhile: ${seen}`);

    const beneficiaries = new Map(
      plan.map(({ commandId, beneficiaryText }) => [sent.payoutIds.get(commandId) ?? '', beneficiaryText]),
    );
    const judged = { production, book: () => fleet.book(), beneficiaries };
    await untilSettled(judged, SETTLED_WITHIN, (report) => {
      const { succeeded, failed, rejected, cancelled, parked, open } = report;
      progress.show(`settling: ${JSON.stringify({ succeeded, failed, rejected, cancelled, parked, open })}`);
    });
    progress.show("reading the log, the topics and the sandbox's book");
    const verdict = await lastVerdict(
      judged,
      { topics, sent: caller.sent, planned: plan.length, audit: fleet.audit },
      TOLD_WITHIN,
    );
    const unclean = [...wrong, ...(await fleet.stopService())];
    return report(verdict, fleet, { planned: plan.length, unclean, kills: options.kills }, progress);
  } finally {
    await Promise.allSettled([producer.disconnect(), topics.stop(), production.close()]);
  }
}

function report(
  verdict: Verdict,
  fleet: Fleet,
  {
    planned,
    unclean,
    kills,
  }: { readonly planned: number; readonly unclean: readonly string[]; readonly kills: number },
  progress: Progress,
): boolean {
  for (const line of table(verdict)) progress.say(line);
  progress.say(
    `Read from the log, the topics, the tables and the sandbox's book, after ${progress.seconds} s:`,
  );
  const more: readonly (readonly [boolean, string])[] = [
    [verdict.everyCommandAnswered, 'every command was answered, and what the answers say is in the log'],
    [verdict.publishedInOrder, 'other services were told of each payout what the log says, in its order'],
    [verdict.rebuildEqual, 'a rebuild of the tables from the log is what they are'],
  ];
  for (const line of claims(verdict)) progress.say(line);
  for (const [holds, text] of more) progress.say(`  ${holds ? 'yes' : 'NO '}  ${text}`);
  for (const { claim, text } of verdict.findings.slice(0, 30)) progress.say(`       ${claim}: ${text}`);
  if (!verdict.rebuildEqual) progress.say(`       rebuild: ${verdict.rebuild}`);
  const copies = [...fleet.copies.values()];
  progress.say(`killed: ${copies.map((copy) => `${copy.name} ${copy.kills}×`).join(', ')}`);
  const wrong = [...[...copies, fleet.sandbox].flatMap(({ unexpected }) => unexpected), ...unclean];
  for (const line of wrong) progress.say(`  NO   ${line}`);
  const killed = copies.reduce((sum, copy) => sum + copy.kills, 0);
  progress.say('');
  progress.say(processLine(verdict, killed));
  const killedEnough = copies.every((copy) => copy.kills >= kills);
  return allHolds(verdict, planned) && verdict.rebuildEqual && wrong.length === 0 && killedEnough;
}

/** The demo's last line, and what is claimed besides. */
function processLine(verdict: Verdict, killed: number): string {
  const { everyCommandAnswered, publishedInOrder, rebuildEqual } = verdict;
  return JSON.stringify({
    ...(JSON.parse(resultLine(verdict, killed)) as object),
    everyCommandAnswered,
    publishedInOrder,
    rebuildEqual,
  });
}

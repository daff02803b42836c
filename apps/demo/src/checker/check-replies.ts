import { envelopeOf, placeOfMessage, type BusMessage } from './bus-message.js';
import type { Findings } from './findings.js';
import type { StoredEvent } from './stored-event.js';
import { placeOf } from './stored-event.js';

/** A command that was put on the bus. */
export interface SentCommand {
  readonly commandId: string;
  /** `RequestPayout`, `CancelPayout`, … */
  readonly type: string;
  readonly correlationId: string;
}

interface Answer {
  readonly outcome: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly correlationId: string | undefined;
}

/** What the reply says to be durable: the event, by the kind of command. */
const PROMISED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  RequestPayout: { accepted: 'PayoutRequested', rejected: 'PayoutRejected' },
  OpenAccount: { accepted: 'AccountOpened' },
  Deposit: { accepted: 'AccountInstructionGiven' },
};

/**
 * Every command has its answer, and answers to one command don't contradict each other; what an answer says to be in
 * the log is there; and no payout is there that no command asked for.
 */
export function checkReplies(
  sent: readonly SentCommand[],
  replies: readonly BusMessage[],
  events: readonly StoredEvent[],
  findings: Findings,
): void {
  const complain = (text: string): void => findings.add('everyCommandAnswered', text);
  const byCommand = answersByCommand(replies, complain);
  const atPlace = new Map(events.map((event) => [event.position, event]));
  const payouts = new Set<string>();
  for (const command of sent) {
    const answers = byCommand.get(command.commandId) ?? [];
    const name = `${command.type} ${command.commandId}`;
    // `held` says that the answer follows.
    const final = answers.filter(({ outcome }) => outcome !== 'held');
    const [first] = final;
    if (first === undefined) {
      complain(`${name} was ${answers.length === 0 ? 'never answered' : 'held, and never answered'}`);
      continue;
    }
    if (!answers.some(({ correlationId }) => correlationId === command.correlationId))
      complain(`${name} was never answered with its correlation id`);
    for (const other of final) {
      if (contradicts(first, other))
        complain(`${name} was answered as ${first.outcome}, and as ${other.outcome}`);
    }
    checkPromise(command, first, atPlace, complain);
    const payoutId = first.data['payoutId'];
    if (command.type === 'RequestPayout' && typeof payoutId === 'string') payouts.add(payoutId);
  }
  for (const { stream, revision } of events) {
    if (!stream.startsWith('payout-') || revision !== 0n) continue;
    if (!payouts.has(stream.slice('payout-'.length))) complain(`${stream} answers no command that was sent`);
  }
}

function answersByCommand(
  replies: readonly BusMessage[],
  complain: (text: string) => void,
): ReadonlyMap<string, readonly Answer[]> {
  const answers = new Map<string, Answer[]>();
  for (const message of replies) {
    const data = envelopeOf(message)?.data;
    const [commandId, outcome] = [data?.['commandId'], data?.['outcome']];
    if (data === undefined || typeof commandId !== 'string' || typeof outcome !== 'string') {
      complain(`the reply at ${placeOfMessage(message)} is none`);
      continue;
    }
    const known = answers.get(commandId) ?? [];
    known.push({ outcome, data, correlationId: message.headers['correlation-id'] });
    answers.set(commandId, known);
  }
  return answers;
}

/** The same answer may come again, for whoever has lost the first. */
function contradicts(a: Answer, b: Answer): boolean {
  return ['outcome', 'payoutId', 'accountId', 'instructionId', 'reason'].some(
    (name) => a.data[name] !== b.data[name],
  );
}

function checkPromise(
  { type, commandId }: SentCommand,
  { outcome, data }: Answer,
  atPlace: ReadonlyMap<bigint, StoredEvent>,
  complain: (text: string) => void,
): void {
  const promised = PROMISED[type]?.[outcome];
  if (promised === undefined) return;
  const { position } = data;
  const event = typeof position === 'string' ? atPlace.get(placeOf(position)) : undefined;
  const owner = event?.data['payoutId'] ?? event?.data['instructionId'] ?? event?.data['accountId'];
  const named = data['payoutId'] ?? data['instructionId'] ?? data['accountId'];
  if (event?.type !== promised || owner !== named)
    complain(
      `${type} ${commandId} was answered as ${outcome}, and position ${String(position)} doesn't hold it`,
    );
}

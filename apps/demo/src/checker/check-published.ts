import { envelopeOf, placeOfMessage, type BusMessage, type Envelope } from './bus-message.js';
import type { Findings } from './findings.js';
import { placeOf, textOf, type StoredEvent } from './stored-event.js';

/** What other services have to be told of one event of the log. */
interface Told {
  readonly event: StoredEvent;
  readonly type: string;
  readonly accountId: string;
  readonly status: string;
}

interface Published {
  readonly message: BusMessage;
  readonly envelope: Envelope;
}

/**
 * Other services were told of each payout what the log says, in its order, with nothing missing and nothing invented.
 * A message may come again after a crash; the first time is what counts.
 */
export function checkPublished(
  events: readonly StoredEvent[],
  messages: readonly BusMessage[],
  findings: Findings,
): void {
  const complain = (text: string): void => findings.add('publishedInOrder', text);
  const expected = toldByPayout(events);
  const published = publishedByPayout(messages, complain);
  for (const [payoutId, told] of expected) {
    const own = published.get(payoutId) ?? [];
    published.delete(payoutId);
    checkPayout(payoutId, told, own, complain);
  }
  for (const payoutId of published.keys()) complain(`payout ${payoutId} was told of, and isn't in the log`);
}

function checkPayout(
  payoutId: string,
  told: readonly Told[],
  published: readonly Published[],
  complain: (text: string) => void,
): void {
  const partitions = new Set(published.map(({ message }) => message.partition));
  if (partitions.size > 1) complain(`payout ${payoutId} was told of in ${partitions.size} partitions`);
  const firsts = firstOfEach(published);
  const wanted = told.map(({ event }) => event.id);
  const found = firsts.map(({ envelope }) => envelope.id);
  for (const [at, id] of wanted.entries()) {
    if (!found.includes(id))
      complain(`payout ${payoutId}: ${told[at]?.event.type ?? ''} (${id}) was never told`);
  }
  for (const id of found)
    if (!wanted.includes(id)) complain(`payout ${payoutId}: ${id} was told, and is not to be`);
  const [inLog, onBus] = [
    wanted.filter((id) => found.includes(id)),
    found.filter((id) => wanted.includes(id)),
  ];
  if (inLog.join(' ') !== onBus.join(' '))
    complain(`payout ${payoutId} was told of in another order than the log's`);
  const byId = new Map(told.map((one) => [one.event.id, one]));
  // Repeats as well: an event's id stands for what it says.
  for (const one of published) compare(one, byId.get(one.envelope.id), complain);
}

function compare(
  { message, envelope }: Published,
  told: Told | undefined,
  complain: (text: string) => void,
): void {
  if (told === undefined) return;
  const { position, revision, status, accountId } = envelope.data;
  const { event } = told;
  const right =
    envelope.type === told.type &&
    message.key === told.accountId &&
    accountId === told.accountId &&
    status === told.status &&
    revision === event.revision.toString() &&
    typeof position === 'string' &&
    placeOf(position) === event.position;
  if (!right)
    complain(`${event.stream}: what ${placeOfMessage(message)} tells of ${event.type} is not so in the log`);
}

function firstOfEach(published: readonly Published[]): readonly Published[] {
  const seen = new Set<string>();
  return published.filter(({ envelope }) => {
    const first = !seen.has(envelope.id);
    seen.add(envelope.id);
    return first;
  });
}

function publishedByPayout(
  messages: readonly BusMessage[],
  complain: (text: string) => void,
): Map<string, readonly Published[]> {
  const byPayout = new Map<string, Published[]>();
  const inOrder = [...messages].sort((a, b) => a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
  for (const message of inOrder) {
    const envelope = envelopeOf(message);
    const payoutId = envelope?.data['payoutId'];
    if (envelope === undefined || typeof payoutId !== 'string') {
      complain(`the event at ${placeOfMessage(message)} is none`);
      continue;
    }
    const known = byPayout.get(payoutId) ?? [];
    known.push({ message, envelope });
    byPayout.set(payoutId, known);
  }
  return byPayout;
}

/** What the life of a payout looks like from outside; see the documentation of the topic's contract. */
function toldByPayout(events: readonly StoredEvent[]): ReadonlyMap<string, readonly Told[]> {
  const told = new Map<string, Told[]>();
  const status = new Map<string, string>();
  for (const event of events) {
    if (!event.stream.startsWith('payout-')) continue;
    const payoutId = event.stream.slice('payout-'.length);
    const before = status.get(payoutId);
    const after = statusAfter(event, before);
    status.set(payoutId, after);
    const as = toldAs(event, before, after);
    if (as === undefined) continue;
    const own = told.get(payoutId) ?? [];
    const accountId = own[0]?.accountId ?? textOf(event, 'accountId');
    own.push({ event, accountId, ...as });
    told.set(payoutId, own);
  }
  return told;
}

const FINAL: ReadonlySet<string> = new Set(['succeeded', 'failed', 'rejected', 'cancelled']);

function statusAfter(event: StoredEvent, before = 'requested'): string {
  switch (event.type) {
    case 'PayoutRejected':
      return 'rejected';
    case 'PayoutCancelled':
      return 'cancelled';
    case 'PayoutSubmissionStarted':
    case 'PayoutResendStarted':
      return 'submitting';
    case 'PayoutSubmitted':
      return FINAL.has(before) ? before : 'submitted';
    case 'PayoutSubmissionUnknown':
      return 'unknown';
    case 'PayoutAttemptFailed':
      return 'requested';
    case 'PayoutStatusChanged':
    case 'PayoutReversed':
      return textOf(event, 'to');
    default:
      return before;
  }
}

function toldAs(
  event: StoredEvent,
  before: string | undefined,
  after: string,
): Pick<Told, 'type' | 'status'> | undefined {
  const as = (name: string, status: string) => ({ type: `payout.event.${name}.v1`, status });
  switch (event.type) {
    case 'PayoutRequested':
      return as('PayoutRequested', 'requested');
    case 'PayoutSubmitted':
      return after === 'submitted' && before !== 'submitted' ? as('PayoutSubmitted', 'submitted') : undefined;
    case 'PayoutRejected':
      // Rejected without a request that could be read: there is nothing to tell of.
      return before === undefined && event.data['request'] === undefined
        ? undefined
        : as('PayoutStatusChanged', 'rejected');
    case 'PayoutCancelled':
    case 'PayoutStatusChanged':
      return as('PayoutStatusChanged', after);
    case 'PayoutReversed':
      return as('PayoutReversed', after);
    case 'PayoutParked':
      return after === 'rejected' ? undefined : as('PayoutStatusChanged', 'parked');
    case 'PayoutResolved':
      return after === 'rejected' ? undefined : as('PayoutStatusChanged', after);
    default:
      return undefined;
  }
}

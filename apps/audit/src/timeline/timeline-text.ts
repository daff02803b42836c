import { moneyField, UnreadableEventError } from '#domain/codec/fields';
import { formatMoney } from '#domain/money/money';
import type { Json, JsonObject } from '#event-store/event-store';
import type { Timeline, TimelineEntry } from './payout-timeline.js';

/** Said once in the heading, or of no use to a reader. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'payoutId',
  'accountId',
  'cause',
  'evidence',
  'fingerprint',
  'businessHash',
  'sealed',
  'commandId',
  'caller',
]);

/** The timeline for a person to read: an event in two or three lines. */
export function timelineText({ payoutId, accountId, status, parked, events }: Timeline): string {
  const state = parked === undefined ? status : `${status}, parked: ${parked}`;
  const lines = [`payout ${payoutId} of account ${accountId}: ${state}`, ''];
  const width = Math.max(...events.map(({ position }) => position.length));
  for (const entry of events) {
    const { position, recordedAt, type, stream, revision } = entry;
    lines.push(`${position.padStart(width)}  ${recordedAt}  ${type}  (${stream}, revision ${revision})`);
    for (const detail of details(entry)) lines.push(`${' '.repeat(width)}    ${detail}`);
  }
  lines.push('');
  return lines.join('\n');
}

function details({
  data,
  cause,
  causationId,
  caller,
  commandId,
  providerTime,
  evidence,
}: TimelineEntry): string[] {
  const facts = factsOf(data).join(' · ');
  const who = `${caller.subject} (${caller.issuer}, ${caller.authenticatedBy})`;
  const why =
    cause === undefined
      ? `caused by ${causationId}`
      : `caused by position ${cause.position} (${cause.stream}, revision ${cause.revision})`;
  return [
    ...(facts === '' ? [] : [facts]),
    `${why} · by ${who}${commandId === undefined ? '' : ` · command ${commandId}`}`,
    ...(providerTime === undefined ? [] : [`the provider's time: ${providerTime}`]),
    ...(evidence === undefined ? [] : [evidenceText(evidence)]),
  ];
}

function evidenceText({ hash, stored }: NonNullable<TimelineEntry['evidence']>): string {
  return stored === undefined
    ? `evidence ${hash} is NOT in the log`
    : `evidence ${hash}: ${stored.what} at position ${stored.position}, stored ${stored.storedAt}`;
}

function factsOf(data: JsonObject, prefix = ''): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    if (LEFT_OUT.has(name)) return [];
    const label = prefix + name;
    const amount = amountText(value);
    if (amount !== undefined) return [`${label} ${amount}`];
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return factsOf(value as JsonObject, `${label}.`);
    return [`${label} ${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
}

function amountText(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null || !('minor' in value)) return undefined;
  try {
    const amount = moneyField.decode(value, '');
    return `${formatMoney(amount)} ${amount.currency}`;
  } catch (error) {
    if (error instanceof UnreadableEventError) return undefined;
    throw error;
  }
}

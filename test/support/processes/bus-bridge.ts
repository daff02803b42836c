import { callUntilAnswered, type JsonAnswer } from './json-call.js';

export interface BusAddress {
  readonly key: string;
  readonly correlationId: string;
  readonly signal?: AbortSignal | undefined;
}

/** A message as it would lie on Kafka, put on the bus over its HTTP bridge. Resolves when it is durable. */
export function publishRaw(
  bus: string,
  value: string | Uint8Array,
  { key, correlationId, signal }: BusAddress,
): Promise<JsonAnswer> {
  const record = {
    key,
    headers: { 'content-type': 'application/cloudevents+json', 'correlation-id': correlationId },
    value: Buffer.from(value).toString('base64'),
  };
  return callUntilAnswered(`${bus}/bus/topics/payout.commands.v1`, {
    body: { records: [record] },
    signal,
  });
}

export interface BusCommand {
  readonly type: string;
  readonly commandId: string;
  readonly data: unknown;
}

export function publishCommand(
  bus: string,
  { type, commandId, data }: BusCommand,
  address: BusAddress,
): Promise<JsonAnswer> {
  const event = {
    specversion: '1.0',
    id: commandId,
    source: 'e2e-payroll',
    type: `payout.command.${type}.v1`,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data,
  };
  return publishRaw(bus, JSON.stringify(event), address);
}

/** The reply, as soon as it is there; undefined when it didn't come in `waitMs`. */
export async function replyTo(
  bus: string,
  { correlationId, signal }: Pick<BusAddress, 'correlationId' | 'signal'>,
  waitMs: number,
): Promise<JsonAnswer | undefined> {
  const url = `${bus}/bus/replies/${encodeURIComponent(correlationId)}?waitMs=${waitMs}`;
  const answer = await callUntilAnswered(url, { signal });
  return answer.status === 200 ? answer : undefined;
}

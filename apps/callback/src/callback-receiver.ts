import { Injectable } from '@nestjs/common';
import { isProviderName, type ProviderName } from '#domain/provider/provider-name';
import { printCallbackMessage } from '#messaging/contracts/callbacks.v1';
import { CLOUD_EVENT_CONTENT_TYPE, HEADERS } from '#messaging/contracts/headers';
import { MessageBus } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { Ids } from '#platform/ids/ids';
import { Logger } from '#platform/logging/logger';
import {
  COMMON_PROBLEMS,
  PROBLEM_CONTENT_TYPE,
  problemsOf,
  type CommonProblemCode,
} from '#platform/problem/problem-details';
import { Clock, isoTime } from '#platform/time/clock';
import type { CallbackReading, Provider, RawCallback } from '#providers/provider';
import { ProviderRegistry } from '#providers/registry';
import { CallbackWatch } from './observing/callback-watch.js';

export interface IncomingCallback extends RawCallback {
  readonly provider: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** A callback whose signature holds. */
interface Genuine {
  readonly raw: RawCallback;
  readonly reading: Exclude<CallbackReading, { verdict: 'forged' }>;
  readonly traceparent: string | undefined;
}

/** Headers that say how bytes travelled, not what was signed. */
const LEFT_OUT = new Set([
  'connection',
  'host',
  'accept',
  'accept-encoding',
  'user-agent',
  'content-length',
  'authorization',
  'cookie',
]);

/**
 * Takes a callback: verifies the raw bytes, makes them durable on the bus, and only then gives the provider the
 * acknowledgement that it waits for. What can't be verified is refused and leaves no trace but a log line.
 */
@Injectable()
export class CallbackReceiver {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly bus: MessageBus,
    private readonly watch: CallbackWatch,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly logger: Logger,
  ) {}

  async receive({ provider: name, ...raw }: IncomingCallback): Promise<HttpAnswer> {
    const provider = isProviderName(name) ? this.registry.get(name) : undefined;
    if (provider === undefined || !isProviderName(name)) {
      this.watch.refused();
      return problem('not-found', 'no provider calls back here');
    }
    const reading = provider.readCallback(raw);
    if (reading.verdict === 'forged') {
      this.watch.forged(name);
      this.logger.alarm('callback-forged', { provider: name, reason: reading.reason });
      return problem('unauthenticated', 'the signature does not fit these bytes');
    }
    return this.watch.received(name, reading.verdict, (traceparent) =>
      this.take(name, provider, { raw, reading, traceparent }),
    );
  }

  private async take(
    name: ProviderName,
    provider: Provider,
    { raw, reading, traceparent }: Genuine,
  ): Promise<HttpAnswer> {
    // Genuine, and nobody can read it: the provider would repeat it in vain, and then stop. Its bytes are kept, parked.
    if (reading.verdict === 'malformed')
      this.logger.alarm('callback-malformed', { provider: name, reason: reading.reason });
    const time = isoTime(this.clock.now());
    const callback = {
      provider: name,
      receivedAt: time,
      headers: kept(raw.headers),
      bodyBase64: Buffer.from(raw.body).toString('base64'),
      verdict: reading.verdict,
      ...(raw.pathToken === undefined ? {} : { pathToken: raw.pathToken }),
    };
    const value = printCallbackMessage(callback, { id: this.ids.uuid(), time });
    const headers = {
      [HEADERS.contentType]: CLOUD_EVENT_CONTENT_TYPE,
      ...(traceparent === undefined ? {} : { [HEADERS.traceparent]: traceparent }),
    };
    await this.bus.publish(TOPICS.callbacks, [{ key: keyOf(name, reading), headers, value }]);
    const { status, contentType, body } = provider.acknowledgement;
    return { status, contentType, text: body };
  }
}

/** Callbacks about one order keep their order. */
function keyOf(name: string, reading: CallbackReading): string {
  if (reading.verdict !== 'verified') return name;
  return reading.reference ?? (reading.orderId === undefined ? name : `${name}-${reading.orderId}`);
}

function kept(headers: RawCallback['headers']): RawCallback['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !LEFT_OUT.has(name)));
}

const problemOf = problemsOf(COMMON_PROBLEMS);

function problem(code: CommonProblemCode, detail: string): HttpAnswer {
  const details = problemOf(code, detail);
  return { status: details.status, contentType: PROBLEM_CONTENT_TYPE, text: JSON.stringify(details) };
}

import type { ProviderOutcome } from '#domain/provider/provider-report';
import type { OutboundHttp } from '#platform/http/outbound-http';
import type { ProviderAnswer, RawExchange } from '../provider.js';
import { readJson, type JsonReading } from './lossless-json.js';
import { UnusableMessageError } from './unusable-message-error.js';
import { withoutValues } from './vendor-text.js';

/** Far more than any of the vendors' answers; a longer one is unreadable. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** What an adapter wants to send. Credentials belong into `headers`: they are not part of the evidence. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact text that was signed. */
  readonly body?: string;
}

/** An answer with a status from 200 to 299 or 400 to 499. */
export interface WireAnswer {
  readonly status: number;
  readonly json: JsonReading;
}

/** How an adapter's exchanges are made. */
export interface WireChannel {
  readonly http: OutboundHttp;
  readonly timeoutMs: number;
  /** Our credentials, should the vendor repeat one: they are blanked out of the evidence. */
  readonly secrets: readonly string[];
}

/**
 * Sends once and has the answer read. Whatever doesn't prove anything is `unknown`: no answer, 3xx, 5xx, HTML (a proxy
 * in between, not the vendor), and what `read` finds unusable. It never throws. `hide` are personal values that must
 * not come back in the vendor's words.
 */
export async function exchange(
  channel: WireChannel,
  request: WireRequest,
  read: (answer: WireAnswer) => ProviderOutcome,
  hide: readonly string[] = [],
): Promise<ProviderAnswer> {
  const outbound = await channel.http.send({
    ...request,
    timeoutMs: channel.timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
  if (outbound.kind !== 'answered') {
    return { outcome: outbound, evidence: { request: sent(request) } };
  }
  const contentType = outbound.headers['content-type'] ?? '';
  const evidence: RawExchange = {
    request: sent(request),
    answer: { status: outbound.status, contentType, ...bodyEvidence(outbound.body, channel.secrets) },
  };
  const outcome = readAnswer(outbound.status, contentType, outbound.body, read);
  return { outcome: withoutValues(outcome, [...channel.secrets, ...hide]), evidence };
}

/** The answer of an adapter that had nothing to send. */
export function unsent(
  request: Pick<WireRequest, 'method' | 'url'>,
  outcome: ProviderOutcome,
): ProviderAnswer {
  return { outcome, evidence: { request: { method: request.method, url: request.url, body: '' } } };
}

function readAnswer(
  status: number,
  contentType: string,
  body: Buffer,
  read: (answer: WireAnswer) => ProviderOutcome,
): ProviderOutcome {
  if (status < 200 || status >= 500 || (status >= 300 && status < 400)) {
    return { kind: 'unknown', reason: `HTTP ${status}` };
  }
  if (/html/i.test(contentType)) return { kind: 'unknown', reason: `HTTP ${status} with an HTML page` };
  try {
    return read({ status, json: readJson(body) });
  } catch (error) {
    const why = error instanceof UnusableMessageError ? error.message : 'it could not be read';
    return { kind: 'unknown', reason: `HTTP ${status} with an unusable answer: ${why}` };
  }
}

function sent(request: WireRequest): RawExchange['request'] {
  return { method: request.method, url: request.url, body: request.body ?? '' };
}

function bodyEvidence(body: Buffer, secrets: readonly string[]): { body: string; encoding?: 'base64' } {
  const blanked = secrets.reduce(
    (rest, secret) => rest.replaceAll(secret, '[credential]'),
    body.toString('latin1'),
  );
  const bytes = Buffer.from(blanked, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes)
    ? { body: text }
    : { body: bytes.toString('base64'), encoding: 'base64' };
}

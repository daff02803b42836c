import { TOPICS } from '../topics.js';
import { textLike, type TextSchema } from './value-schema.js';

/**
 * Headers of the bus that the service reads or writes. All are optional for callers.
 * Keys: a command's key is its account id (`accountId`; for `CancelPayout` and `ResolvePayout` that of the payout), so
 * that commands about one account keep their order; replies have the key of their command, public events the account
 * id, callbacks the provider's name with its order number. Keys never hold personal data.
 */
export const HEADERS = {
  /** Topic for the reply; `payout.replies.v1` if absent. */
  replyTo: 'reply-to',
  /** Comes back on the reply. */
  correlationId: 'correlation-id',
  /** W3C trace context. */
  traceparent: 'traceparent',
  contentType: 'content-type',
  /** How the gateway that put the command on the bus knew its caller. */
  authenticatedBy: 'authenticated-by',
} as const;

/** Value of `content-type` of every message of the service. */
export const CLOUD_EVENT_CONTENT_TYPE = 'application/cloudevents+json';

/** Correlation ids and the like end up in the metadata of every event that follows, so they are short. */
export const SHORT_HEADER = /^[\x20-\x7e]{1,256}$/;
/** https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
export const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Characters of a command's key. */
export const LONGEST_KEY = 256;
const KAFKA_TOPIC = /^[A-Za-z0-9._-]{1,249}$/;

export type HeaderName = (typeof HEADERS)[keyof typeof HEADERS];

/** What a header means and what its text must be. */
export const HEADER_FORMS: Readonly<
  Record<HeaderName, { readonly description: string; readonly schema: TextSchema }>
> = {
  'reply-to': {
    description:
      "Topic for the reply; `payout.replies.v1` if absent, unknown, or another of the ledger's own topics.",
    schema: textLike(KAFKA_TOPIC),
  },
  'correlation-id': {
    description: "Comes back on the reply, and is in the metadata of the ledger's events.",
    schema: textLike(SHORT_HEADER),
  },
  traceparent: {
    description: 'W3C trace context. What is none is ignored.',
    schema: textLike(TRACEPARENT),
  },
  'content-type': {
    description: 'On every message of the ledger; welcome on commands.',
    schema: { type: 'string', const: CLOUD_EVENT_CONTENT_TYPE },
  },
  'authenticated-by': {
    description: 'How the gateway that put the command on the bus knew its caller.',
    schema: textLike(SHORT_HEADER),
  },
};

const OTHER_TOPICS: ReadonlySet<string> = new Set(
  Object.values(TOPICS).filter((topic) => topic !== TOPICS.replies),
);

/**
 * Where a reply goes: the topic that the command asked for, unless it is no topic's name or one of the service's own
 * (a reply among the commands would be taken for one). The bus may refuse it all the same when it doesn't exist.
 */
export function replyTopicOf(headers: Readonly<Record<string, string>>): string {
  const asked = headers[HEADERS.replyTo];
  if (asked === undefined || !KAFKA_TOPIC.test(asked) || OTHER_TOPICS.has(asked)) return TOPICS.replies;
  return asked;
}

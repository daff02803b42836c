import { HEADERS, LONGEST_KEY, replyTopicOf, SHORT_HEADER, TRACEPARENT } from '#messaging/contracts/headers';
import type { ReceivedMessage } from '#messaging/message-bus';
import type { Arrival } from './command-executor.js';
import type { FieldProblem, ReplyAddress } from './reply-sender.js';

const SHORT_RULE = 'must be 1 to 256 printable ASCII characters';

type Addressed = Pick<ReceivedMessage, 'headers' | 'key'>;

/** What is wrong around a command; `field` is the header's name. Trace context that isn't any is ignored, as W3C says. */
export function problemsAround({ headers, key }: Addressed): readonly FieldProblem[] {
  const problems: FieldProblem[] = [HEADERS.correlationId, HEADERS.authenticatedBy]
    .filter((name) => headers[name] !== undefined && !SHORT_HEADER.test(headers[name]))
    .map((name) => ({ field: `header ${name}`, message: SHORT_RULE }));
  if (key.length > LONGEST_KEY)
    problems.push({ field: 'key', message: `must have at most ${LONGEST_KEY} characters` });
  return problems;
}

/** Where a message came from. Only of a message without problems. `traceparent` is where its trace goes on. */
export function arrivalOf(
  { headers }: Pick<Addressed, 'headers'>,
  traceparent = headers[HEADERS.traceparent],
): Arrival {
  const correlationId = headers[HEADERS.correlationId];
  return {
    // Who may write to the topic is the broker's business; the source that the message names is taken from there.
    issuer: 'message-bus',
    authenticatedBy: headers[HEADERS.authenticatedBy] ?? 'topic access',
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(traceparent !== undefined && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
  };
}

/** Where its answer goes. Of a key or a correlation id that is too long, nothing goes along: the answer has to fit the bus. */
export function addressOf({ headers, key }: Addressed): ReplyAddress {
  const correlationId = headers[HEADERS.correlationId];
  return {
    topic: replyTopicOf(headers),
    correlationId:
      correlationId !== undefined && SHORT_HEADER.test(correlationId) ? correlationId : undefined,
    key: key.slice(0, LONGEST_KEY),
  };
}

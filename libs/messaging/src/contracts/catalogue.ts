import { PARKED_HEADERS } from '../message-bus.js';
import { TOPICS, type Topic } from '../topics.js';
import { CALLBACK_TYPE, CallbackMessageV1 } from './callbacks.v1.js';
import { COMMAND_SHAPES, commandTypeName, type CommandType } from './commands.v1.js';
import { PUBLIC_EVENTS, PublicEventV1, publicEventType, type PublicEventName } from './events.v1.js';
import { HEADER_FORMS, HEADERS, LONGEST_KEY, type HeaderName } from './headers.js';
import { messageSchema, type JsonSchema } from './json-schema.js';
import { REPLY_TYPE, ReplyV1 } from './replies.v1.js';

/**
 * Who depends on a message's form. `in`: others write it, so the ledger must go on taking all that it took. `out`:
 * others read it, so the ledger must send nothing that an old reader can't read. `both`: copies of the ledger write and
 * read it, old ones beside new ones.
 */
export type Direction = 'in' | 'out' | 'both';

export interface MessageContract {
  /** The CloudEvent type. It ends with the version. */
  readonly type: string;
  readonly name: string;
  readonly summary: string;
  /** The whole message. */
  readonly schema: JsonSchema;
}

export interface TopicContract {
  readonly topic: Topic;
  readonly direction: Direction;
  readonly description: string;
  /** What its messages' key is. */
  readonly key: JsonSchema;
  readonly headers: JsonSchema;
  /** Empty: any bytes. */
  readonly messages: readonly MessageContract[];
}

const COMMANDS: Readonly<Record<CommandType, string>> = {
  RequestPayout: 'Asks for a payout. It is paid once at most, however often the command is sent.',
  CancelPayout: 'Asks not to pay after all; possible until the first request to the provider has begun.',
  OpenAccount: 'Opens a funding account in one currency.',
  CloseAccount: 'Closes an empty funding account.',
  Deposit: 'Books money that came in.',
  ResolvePayout: "An operator's decision about a parked payout.",
  CorrectFunds: "An operator's correction of what is available.",
};

const EVENTS: Readonly<Record<PublicEventName, string>> = {
  PayoutRequested: 'The payout was accepted.',
  PayoutSubmitted: "The provider has it, and it isn't final.",
  PayoutStatusChanged: 'It succeeded, failed, was rejected, cancelled or parked, or a person resolved it.',
  PayoutReversed: 'A final state turned into the other one.',
};

const PARKED: Readonly<Record<keyof typeof PARKED_HEADERS, string>> = {
  reason: 'Why nobody could ever handle it: one line without values.',
  group: 'The consumer that parked it.',
  topic: 'Where it came from.',
  partition: 'Where it came from.',
  offset: 'Where it came from.',
};

const OF_ACCOUNT = "The account's id, so that messages about one account keep their order.";

/** Every topic with everything on it: what `docs/contracts/` publishes. */
export const CONTRACTS: readonly TopicContract[] = [
  {
    topic: TOPICS.commands,
    direction: 'in',
    description:
      'Commands to the ledger: at most 64 KiB each. They hold personal data: give the topic few readers and a short ' +
      'retention. Whoever may write to it may speak for any caller.',
    key: {
      description: `${OF_ACCOUNT} Of \`CancelPayout\` and \`ResolvePayout\`: that of the payout's account.`,
      type: 'string',
      maxLength: LONGEST_KEY,
    },
    headers: headersSchema(Object.values(HEADERS), []),
    messages: (Object.keys(COMMAND_SHAPES) as CommandType[]).map((name) => ({
      type: commandTypeName(name),
      name,
      summary: COMMANDS[name],
      schema: messageSchema(commandTypeName(name), COMMAND_SHAPES[name], { own: false }),
    })),
  },
  {
    topic: TOPICS.replies,
    direction: 'out',
    description: 'The answer to each command, where the command asked for no other topic.',
    key: { description: "The command's key.", type: 'string', maxLength: LONGEST_KEY },
    headers: headersSchema(
      [HEADERS.contentType, HEADERS.correlationId, HEADERS.traceparent],
      [HEADERS.contentType],
    ),
    messages: [
      {
        type: REPLY_TYPE,
        name: 'Reply',
        summary: 'What became of a command.',
        schema: messageSchema(REPLY_TYPE, ReplyV1, { own: true }),
      },
    ],
  },
  {
    topic: TOPICS.events,
    direction: 'out',
    description:
      "What happened to payouts, from the log and in its order per account, at least once: `id` is the stored event's, " +
      'so that a repeat can be told. No personal data.',
    key: { description: OF_ACCOUNT, type: 'string', maxLength: 64 },
    headers: headersSchema([HEADERS.contentType, HEADERS.traceparent], [HEADERS.contentType]),
    messages: PUBLIC_EVENTS.map((name) => ({
      type: publicEventType(name),
      name,
      summary: EVENTS[name],
      schema: messageSchema(publicEventType(name), PublicEventV1, { own: true }),
    })),
  },
  {
    topic: TOPICS.callbacks,
    direction: 'both',
    description:
      "Providers' callbacks on their way into the ledger. Nobody else reads or writes it: personal data.",
    key: {
      description: "Our reference, or the provider's name with its order number.",
      type: 'string',
      minLength: 1,
    },
    headers: headersSchema([HEADERS.contentType, HEADERS.traceparent], [HEADERS.contentType]),
    messages: [
      {
        type: CALLBACK_TYPE,
        name: 'Callback',
        summary: 'A callback as it came over HTTP.',
        schema: messageSchema(CALLBACK_TYPE, CallbackMessageV1, { own: true }),
      },
    ],
  },
  {
    topic: TOPICS.parked,
    direction: 'out',
    description: 'Messages that nobody could ever handle, for operators: the original bytes with the reason.',
    key: { description: "The original's key.", type: 'string' },
    headers: {
      description: 'The headers of the original are there with `original-` before their names.',
      type: 'object',
      properties: Object.fromEntries(
        (Object.keys(PARKED) as (keyof typeof PARKED)[]).map((part) => [
          PARKED_HEADERS[part],
          { description: PARKED[part], type: 'string' },
        ]),
      ),
      required: Object.values(PARKED_HEADERS),
      propertyNames: { pattern: `^(original-.*|${Object.values(PARKED_HEADERS).join('|')})$` },
      additionalProperties: { type: 'string' },
    },
    messages: [],
  },
];

function headersSchema(names: readonly HeaderName[], required: readonly HeaderName[]): JsonSchema {
  const properties = names.map((name) => {
    const { description, schema } = HEADER_FORMS[name];
    return [name, { description, ...schema }];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as JsonSchema,
    required,
    additionalProperties: { type: 'string' },
  };
}

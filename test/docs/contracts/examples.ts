import { logPosition } from '#domain/log-position';
import type { CallbackMessage } from '#messaging/contracts/callbacks.v1';
import { CALLBACK_TYPE, printCallbackMessage } from '#messaging/contracts/callbacks.v1';
import {
  commandTypeName,
  printCommand,
  type CommandData,
  type CommandType,
  type WireCommand,
} from '#messaging/contracts/commands.v1';
import {
  printPublicEvent,
  publicEventType,
  type PublicEventData,
  type PublicEventName,
} from '#messaging/contracts/events.v1';
import { CLOUD_EVENT_CONTENT_TYPE, HEADERS } from '#messaging/contracts/headers';
import { printReply, REPLY_TYPE, type Reply } from '#messaging/contracts/replies.v1';
import { commandId, payoutIdOf } from '#domain/ids';
import { uuidV5 } from '#platform/ids/uuid-v5';

/** A message of the pages, as it lies on the bus. */
export interface ExampleMessage {
  readonly type: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

const CALLER = 'shop';
const ACCOUNT = 'acme-vnd';
const REQUEST_ID = 'order-1001';
const PAYOUT = payoutIdOf(uuidV5, CALLER, commandId(REQUEST_ID));
const TIME = '2026-01-15T12:00:00.000Z';
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const COMMANDS: { readonly [T in CommandType]: { readonly id: string; readonly data: CommandData<T> } } = {
  RequestPayout: {
    id: REQUEST_ID,
    data: {
      accountId: ACCOUNT,
      amount: '250000',
      currency: 'VND',
      provider: 'goldenpay',
      beneficiary: {
        kind: 'bank-account',
        holderName: 'NGUYEN VAN A',
        accountNumber: '970412345',
        bankCode: '970412',
        bankName: 'PVCOMBANK',
      },
      payeeId: 'seller-77',
      description: 'order 1001',
    },
  },
  CancelPayout: { id: 'cancel-1001', data: { payoutId: PAYOUT, reason: 'the order was returned' } },
  OpenAccount: { id: 'open-acme-vnd', data: { accountId: ACCOUNT, currency: 'VND', name: 'Acme' } },
  CloseAccount: { id: 'close-acme-vnd', data: { accountId: ACCOUNT } },
  Deposit: {
    id: 'wire-2026-01-14',
    data: { accountId: ACCOUNT, amount: '5000000', currency: 'VND', note: 'wire of 14 January' },
  },
  ResolvePayout: {
    id: 'resolve-1001',
    data: {
      payoutId: PAYOUT,
      decision: 'paid',
      reason: "on the provider's statement of 16 January",
      operator: 'ann',
      paid: '250000',
      fee: '0',
    },
  },
  CorrectFunds: {
    id: 'correct-2026-01',
    data: {
      accountId: ACCOUNT,
      amount: '-3000',
      currency: 'VND',
      reason: 'the wire of 14 January was 4997000',
    },
  },
};

const REPLY: Reply = {
  commandId: REQUEST_ID,
  outcome: 'accepted',
  payoutId: PAYOUT,
  accountId: ACCOUNT,
  position: '1187/1187',
  revision: '0',
};

const FACT = {
  payoutId: PAYOUT,
  accountId: ACCOUNT,
  amount: '250000',
  currency: 'VND',
  provider: 'goldenpay',
} as const;
const at = (position: string, revision: string) => ({ position: logPosition(position), revision });
const EVENTS: Readonly<Record<PublicEventName, PublicEventData>> = {
  PayoutRequested: { ...FACT, status: 'requested', ...at('1187', '0') },
  PayoutSubmitted: { ...FACT, status: 'submitted', rawStatus: 'PROCESSING', ...at('1201', '2') },
  PayoutStatusChanged: {
    ...FACT,
    status: 'succeeded',
    from: 'submitted',
    rawStatus: 'SUCCESS',
    fee: '0',
    paid: '250000',
    ...at('1342', '3'),
  },
  PayoutReversed: {
    ...FACT,
    status: 'failed',
    from: 'succeeded',
    rawStatus: 'RETURNED',
    ...at('2077', '4'),
  },
};

const CALLBACK: CallbackMessage = {
  provider: 'goldenpay',
  receivedAt: TIME,
  headers: { 'content-type': 'application/json' },
  bodyBase64: Buffer.from('{"status":"SUCCESS"}').toString('base64'),
  verdict: 'verified',
};

const OWN = { [HEADERS.contentType]: CLOUD_EVENT_CONTENT_TYPE };
const meta = (name: string) => ({ id: uuidV5(PAYOUT, name), time: TIME });

function commandExample(name: CommandType): ExampleMessage {
  const { id, data } = COMMANDS[name];
  const command = { type: name, commandId: commandId(id), caller: CALLER, time: TIME, data } as WireCommand;
  const headers = { ...OWN, [HEADERS.correlationId]: `${CALLER}:${id}`, [HEADERS.traceparent]: TRACE };
  return { type: commandTypeName(name), key: ACCOUNT, headers, value: printCommand(command) };
}

/** One message of each type. The published examples are made of them, and every schema is tried with them. */
export const EXAMPLES: readonly ExampleMessage[] = [
  ...(Object.keys(COMMANDS) as CommandType[]).map(commandExample),
  {
    type: REPLY_TYPE,
    key: ACCOUNT,
    headers: { ...OWN, [HEADERS.correlationId]: `${CALLER}:${REQUEST_ID}` },
    value: printReply(REPLY, meta('reply')),
  },
  ...(Object.keys(EVENTS) as PublicEventName[]).map((name) => ({
    type: publicEventType(name),
    key: ACCOUNT,
    headers: { ...OWN, [HEADERS.traceparent]: TRACE },
    value: printPublicEvent({ name, data: EVENTS[name] }, meta(name)),
  })),
  {
    type: CALLBACK_TYPE,
    key: 'goldenpay-4711',
    headers: OWN,
    value: printCallbackMessage(CALLBACK, meta('callback')),
  },
];

export function exampleOf(type: string): ExampleMessage {
  const example = EXAMPLES.find((message) => message.type === type);
  if (example === undefined) throw new Error(`${type} has no example`);
  return example;
}

import { PROVIDER_NAMES, type ProviderName } from '#domain/provider/provider-name';
import { printOwnMessage, readOwnMessage, type MessageMeta, type OwnMessageRefusal } from './own-message.js';
import { Matching, Means, Must, OneOf, Optional, Text } from './shape.js';

export const CALLBACK_TYPE = 'payout.callback.v1';

export const CALLBACK_VERDICTS = ['verified', 'malformed'] as const;
/** What the app that took it found. A forged one never gets this far. Whoever reads the bus verifies again. */
export type CallbackVerdict = (typeof CALLBACK_VERDICTS)[number];

export type CallbackHeaders = Readonly<Record<string, string | readonly string[]>>;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export class CallbackMessageV1 {
  @OneOf(PROVIDER_NAMES) provider!: ProviderName;
  @Means('RFC 3339, UTC with milliseconds.')
  @Matching(TIME, 'must be an RFC 3339 time in UTC with milliseconds')
  receivedAt!: string;
  @Means('Names in lower case; a header that came twice is an array.')
  @Must('must be an object of texts and arrays of texts', {
    type: 'object',
    additionalProperties: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  })
  headers!: CallbackHeaders;
  @Means('The raw body, byte for byte.') @Matching(BASE64, 'must be base64') bodyBase64!: string;
  @Means("The last part of the path, where the provider's URL has a secret.")
  @Optional()
  @Text(256)
  pathToken?: string;
  @Means('What the app that took it found. Whoever reads it verifies again.')
  @OneOf(CALLBACK_VERDICTS)
  verdict!: CallbackVerdict;
}

/** A provider's callback as it came over HTTP. It may hold personal data. */
export type CallbackMessage = Readonly<CallbackMessageV1>;

export type CallbackMessageReading =
  { readonly ok: true; readonly callback: CallbackMessage; readonly meta: MessageMeta } | OwnMessageRefusal;

/** A header whose name every JavaScript object has (`constructor`) is left out: it couldn't be read again. */
export function printCallbackMessage(callback: CallbackMessage, meta: MessageMeta): Uint8Array {
  const headers = Object.entries(callback.headers).filter(([name]) => !(name in Object.prototype));
  return printOwnMessage(CALLBACK_TYPE, meta, { ...callback, headers: Object.fromEntries(headers) });
}

export function readCallbackMessage(value: Uint8Array): CallbackMessageReading {
  const read = readOwnMessage<CallbackMessageV1>(value, { [CALLBACK_TYPE]: CallbackMessageV1 });
  return read.ok ? { ok: true, callback: read.data, meta: read.meta } : read;
}

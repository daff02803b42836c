import type { CallbackMessage } from '#messaging/contracts/callbacks.v1';
import type { RawCallback } from '#providers/provider';

/** The callback as it came over HTTP, from the message that it was kept in. */
export function rawCallbackOf({ bodyBase64, headers, pathToken }: CallbackMessage): RawCallback {
  return {
    body: Buffer.from(bodyBase64, 'base64'),
    headers,
    ...(pathToken === undefined ? {} : { pathToken }),
  };
}

import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 looks a thousand times a second, on every connection, whether requests wait that may be sent, also when
 * none do, with a negative delay of which Node warns (kafkajs issues 1704 and 1751; its fix was never released). A
 * request that has to wait starts the look by itself, so without one there is nothing to look for.
 */
const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
  readonly prototype: RequestQueue;
};
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this` below
const look = prototype.scheduleCheckPendingRequests;
prototype.scheduleCheckPendingRequests = function lookWhenAnyWaits(this: RequestQueue): void {
  if (this.pending.length > 0) look.call(this);
};

export default kafkajs;

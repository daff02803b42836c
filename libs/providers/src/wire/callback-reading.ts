import type { CallbackReading, RawCallback } from '../provider.js';
import { UnusableMessageError } from './unusable-message-error.js';

/** A header that came exactly once; sent twice, nobody can say which one was meant. `name` is in lower case. */
export function singleHeader(callback: RawCallback, name: string): string | undefined {
  const value = Object.hasOwn(callback.headers, name) ? callback.headers[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export function forged(reason: string): CallbackReading {
  return { verdict: 'forged', reason };
}

/** Reads a message whose signature holds. What is unusable in it is `malformed`; nothing is thrown on. */
export function readVerified(read: () => CallbackReading): CallbackReading {
  try {
    return read();
  } catch (error) {
    return {
      verdict: 'malformed',
      reason: error instanceof UnusableMessageError ? error.message : 'the message could not be read',
    };
  }
}

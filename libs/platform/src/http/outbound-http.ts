/** One request to the outside. It is sent at most once: no retry, no redirect. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact text that is sent (and that was signed). */
  readonly body?: string;
  /** Time for the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** A longer answer is cut off and counts as unreadable. */
  readonly maxAnswerBytes: number;
}

/**
 * What is known after a request. Only `not-sent` proves that the other side can't have acted: no byte of the request
 * left this machine. Everything that isn't an answer and isn't proved is `unknown`.
 */
export type OutboundOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
    }
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The only way out by HTTP. Its errors are values: it never throws for what the network does. */
export abstract class OutboundHttp {
  abstract send(request: OutboundRequest): Promise<OutboundOutcome>;
}

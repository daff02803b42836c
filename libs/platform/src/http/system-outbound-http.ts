import { buildConnector, Client, type Dispatcher } from 'undici';
import { OutboundHttp, type OutboundOutcome, type OutboundRequest } from './outbound-http.js';

/** Time for the connection alone; the request's own time limit includes it. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * HTTP/1.1 through undici, one new connection per request. A connection that is kept open can die while the next
 * request is on its way: that request is then neither proved sent nor proved not sent, and an order of money would have
 * to be followed up for nothing. undici also puts requests back into its queue when such a connection closes. A new
 * connection has neither problem; TLS sessions are resumed, so it costs a round trip.
 *
 * HTTP/2 is off: a server may ask there for a request to be sent again.
 */
export class SystemOutboundHttp extends OutboundHttp {
  readonly #connector = buildConnector({ allowH2: false, timeout: CONNECT_TIMEOUT_MS });
  readonly #exchanges = new Set<Exchange>();
  #closed = false;

  async send(request: OutboundRequest): Promise<OutboundOutcome> {
    if (this.#closed) return { kind: 'not-sent', reason: 'this HTTP client is closed' };
    let exchange: Exchange;
    try {
      exchange = new Exchange(request, this.#connector);
    } catch (error) {
      // Nothing was opened yet: the address or a header is not one.
      return { kind: 'not-sent', reason: describe(error) };
    }
    this.#exchanges.add(exchange);
    try {
      return await exchange.outcome;
    } finally {
      this.#exchanges.delete(exchange);
    }
  }

  /** Ends what is under way: its outcome is `unknown`, or `not-sent` where nothing left. */
  async close(): Promise<void> {
    this.#closed = true;
    const open = [...this.#exchanges];
    for (const exchange of open) exchange.end(new Error('this HTTP client was closed'));
    await Promise.all(open.map((exchange) => exchange.outcome));
  }
}

/** One request on one connection. Whatever happens first settles it; everything later is ignored. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly outcome: Promise<OutboundOutcome>;
  readonly #client: Client;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  readonly #maxBytes: number;
  #settle!: (outcome: OutboundOutcome) => void;
  #settled = false;
  /** undici calls `onRequestStart` before it writes the first byte: until then, none can have left. */
  #started = false;
  #bytes = 0;
  #head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | undefined;

  constructor(request: OutboundRequest, connect: buildConnector.connector) {
    const url = new URL(request.url);
    this.#maxBytes = request.maxAnswerBytes;
    this.outcome = new Promise((resolve) => (this.#settle = resolve));
    this.#client = new Client(url.origin, {
      connect,
      pipelining: 1,
      allowH2: false,
      // The one timer below covers the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#timer = setTimeout(
      () => this.end(new Error(`no complete answer within ${request.timeoutMs} ms`)),
      request.timeoutMs,
    );
    try {
      this.#client.dispatch(
        {
          method: request.method,
          path: url.pathname + url.search,
          headers: { 'accept-encoding': 'identity', ...request.headers },
          body: request.body ?? null,
          idempotent: false,
          reset: true,
        },
        this,
      );
    } catch (error) {
      this.end(error);
    }
  }

  /** Gives up: destroys the connection, so that nothing more leaves after the outcome is known. */
  end(error: unknown): void {
    const reason = describe(error);
    this.#finish(this.#started ? { kind: 'unknown', reason } : { kind: 'not-sent', reason });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#started || this.#settled) {
      // A second start would be a hidden second send. undici writes nothing for an aborted request.
      controller.abort(new Error('a request is sent once'));
      return;
    }
    this.#started = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHeaders,
  ): void {
    if (status < 200) return;
    this.#head = { status, headers: joined(headers) };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) {
      this.end(new Error(`the answer is longer than ${this.#maxBytes} bytes`));
      return;
    }
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#head === undefined) this.end(new Error('the answer has no head'));
    else this.#finish({ kind: 'answered', ...this.#head, body: Buffer.concat(this.#chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.end(error);
  }

  #finish(outcome: OutboundOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#settle(outcome);
    // The outcome is known; how the rest of the connection ends tells nothing more.
    this.#client.destroy().catch(() => undefined);
  }
}

type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

function joined(headers: IncomingHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** The error's own words and code. They name hosts and ports, never a header or a body. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ');
  if (!(error instanceof Error)) return 'an error that is none';
  const code = (error as NodeJS.ErrnoException).code;
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}

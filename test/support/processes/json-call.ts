/** An answer with its text as it came, so that it can be searched. */
export interface JsonAnswer {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface JsonCall {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  /** Idempotency-Key. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the asking: whoever waits for an answer is told that there is none. */
  readonly signal?: AbortSignal | undefined;
}

/** One call over HTTP; undefined when nobody answered, or the answer broke off. */
export async function callOnce(url: string, call: JsonCall = {}): Promise<JsonAnswer | undefined> {
  const { method = call.body === undefined ? 'GET' : 'POST', body, key, headers = {} } = call;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    return { status: response.status, text, body: parsed(text) };
  } catch {
    return undefined;
  }
}

/** The same call until it is answered: the service may just have been killed. */
export async function callUntilAnswered(url: string, call: JsonCall = {}): Promise<JsonAnswer> {
  const until = performance.now() + 60_000;
  while (performance.now() < until && call.signal?.aborted !== true) {
    const answer = await callOnce(url, call);
    if (answer !== undefined && answer.status < 500 && answer.status !== 429) return answer;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  throw new Error(`nobody answered ${url} in time`);
}

export function textIn(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw new Error(`no text ${name} in ${JSON.stringify(body)}`);
  return value;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

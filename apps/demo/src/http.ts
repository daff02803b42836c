/** A plain HTTP call with JSON in and out. `undefined`: nobody answered. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

export async function callJson(
  method: 'GET' | 'POST',
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer | undefined> {
  try {
    const response = await fetch(url, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The same call until somebody answers: the service may just have been killed. Safe, since each call has its key. */
export async function callUntilAnswered(
  method: 'GET' | 'POST',
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    const answer = await callJson(method, url, body, headers);
    if (answer !== undefined && answer.status < 500 && answer.status !== 429) return answer;
    await pause(100);
  }
  throw new Error(`nobody answered ${method} ${url} for a minute`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A field of an answer that has to be there. */
export function textField(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null || !(name in body)) return undefined;
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}

import { Agent } from 'undici';

export type PostOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Posts callbacks: exact body, no redirect followed, no retry of its own, an end after so many milliseconds. */
export class CallbackPost {
  private readonly agent: Agent;

  constructor(
    private readonly timeoutMs: number,
    connections: number,
  ) {
    this.agent = new Agent({ connections, pipelining: 1 });
  }

  async send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostOutcome> {
    try {
      const { origin, pathname, search } = new URL(url);
      const answer = await this.agent.request({
        origin,
        path: pathname + search,
        method: 'POST',
        headers: { ...headers },
        body,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      return { kind: 'answered', status: answer.statusCode, body: await answer.body.text() };
    } catch (reason) {
      return { kind: 'failed', reason: reason instanceof Error ? reason.message : String(reason) };
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

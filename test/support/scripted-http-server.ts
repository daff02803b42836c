import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came over the wire. */
export interface Arrival {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
}

export type Script = ScriptedAnswer | ((response: ServerResponse, arrival: Arrival) => void);

/** A loopback HTTP server that answers as the test says and keeps what arrived. */
export class ScriptedHttpServer {
  readonly arrivals: Arrival[] = [];
  readonly #server: Server;
  #script: Script = { status: 500, body: 'no script' };

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ScriptedHttpServer> {
    const server = createServer();
    const scripted = new ScriptedHttpServer(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const arrival = { method, url, headers, body: Buffer.concat(chunks) };
        scripted.arrivals.push(arrival);
        scripted.#answer(response, arrival);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What comes next, and forgets what came. */
  will(script: Script): void {
    this.#script = script;
    this.arrivals.length = 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(response: ServerResponse, arrival: Arrival): void {
    if (typeof this.#script === 'function') {
      this.#script(response, arrival);
      return;
    }
    const { status, body, contentType = 'application/json' } = this.#script;
    response.writeHead(status, { 'content-type': contentType }).end(body);
  }
}

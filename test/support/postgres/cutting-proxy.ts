import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `hang`: takes connections and bytes, and answers nothing. */
export type ProxyMode = 'open' | 'refuse' | 'hang';

interface Cut {
  readonly text: string;
  readonly when: 'before' | 'after';
  readonly done: () => void;
}

/** Stands between a client without TLS and a PostgreSQL server, and loses connections on demand. */
export class CuttingProxy {
  mode: ProxyMode = 'open';
  /** Connections that were made so far. */
  connections = 0;
  readonly #pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  #cut: Cut | undefined;

  private constructor(
    private readonly listener: Server,
    private readonly target: URL,
  ) {
    listener.on('connection', (client) => this.#serve(client));
  }

  static async start(url: string): Promise<CuttingProxy> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new CuttingProxy(listener, new URL(url));
  }

  /** The same database, through the proxy. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String((this.listener.address() as AddressInfo).port);
    return through.href;
  }

  /**
   * Loses the connection on which a client next sends this text: `before` it gets to the server, or `after` the server
   * has answered, with the answer. Resolves when that has happened.
   */
  cutNext(text: string, when: 'before' | 'after'): Promise<void> {
    return new Promise((resolve) => {
      this.#cut = { text, when, done: resolve };
    });
  }

  cutAll(): void {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  async stop(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  #serve(client: Socket): void {
    client.on('error', () => undefined);
    if (this.mode === 'refuse') {
      client.destroy();
      return;
    }
    this.connections += 1;
    const server = connect(Number(this.target.port || 5432), this.target.hostname);
    const pair = { client, server };
    this.#pairs.add(pair);
    let swallow: Cut | undefined;
    server.on('error', () => undefined);
    client.on('data', (bytes) => {
      if (this.mode === 'hang') return;
      if (this.#cut !== undefined && bytes.includes(this.#cut.text)) {
        const cut = this.#cut;
        this.#cut = undefined;
        if (cut.when === 'before') {
          client.destroy();
          server.destroy();
          cut.done();
          return;
        }
        swallow = cut;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (swallow !== undefined) {
        client.destroy();
        server.destroy();
        swallow.done();
      } else if (this.mode !== 'hang') client.write(bytes);
    });
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('close', end);
    server.on('close', end);
  }
}

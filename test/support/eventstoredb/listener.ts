import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';

export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsIdentity | undefined;
  /** Takes a connection that speaks HTTP/2. */
  readonly onHttp2: (socket: Socket) => void;
  readonly onHttp1: RequestListener;
}

/** How every HTTP/2 connection begins. */
const PREFACE = Buffer.from('PRI * HTTP/2.0');

const tlsServer = ({ cert, key }: TlsIdentity): Server =>
  createTlsServer({ cert, key, ALPNProtocols: ['h2', 'http/1.1'], noDelay: true });

/** One port for gRPC and plain HTTP, like the real server's. It knows its sockets, so that it can cut them. */
export class Listener {
  readonly #sockets = new Map<string, Socket>();
  readonly #http: HttpServer;

  private constructor(
    private readonly server: Server,
    onHttp1: RequestListener,
  ) {
    this.#http = createHttpServer(onHttp1);
  }

  static async open(options: ListenerOptions): Promise<Listener> {
    const { tls } = options;
    const server = tls === undefined ? createServer({ noDelay: true }) : tlsServer(tls);
    const listener = new Listener(server, options.onHttp1);
    if (tls === undefined) {
      server.on('connection', (socket: Socket) => listener.#sniff(socket, options.onHttp2));
    } else {
      server.on('secureConnection', (socket: TLSSocket) => {
        listener.#take(socket);
        if (socket.alpnProtocol === 'h2') options.onHttp2(socket);
        else listener.#http.emit('connection', socket);
      });
      server.on('tlsClientError', () => undefined);
    }
    server.listen(options.port, options.host);
    await once(server, 'listening');
    return listener;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Resets one connection (by the client's address and port), or all. */
  cut(peer?: string): void {
    for (const [name, socket] of this.#sockets) {
      if (peer !== undefined && name !== peer) continue;
      // Under TLS there is no way to reset the socket below.
      if ('encrypted' in socket) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  #take(socket: Socket): void {
    const name = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    this.#sockets.set(name, socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(name));
  }

  #sniff(socket: Socket, onHttp2: (socket: Socket) => void): void {
    this.#take(socket);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      const compared = Math.min(first.length, PREFACE.length);
      if (first.subarray(0, compared).equals(PREFACE.subarray(0, compared))) {
        onHttp2(socket);
      } else {
        this.#http.emit('connection', socket);
        socket.resume();
      }
    });
  }
}

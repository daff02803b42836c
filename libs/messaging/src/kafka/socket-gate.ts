import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/** Of what fails because its own client was ended: it says nothing about Kafka. */
export const CLIENT_ENDED = 'this client of Kafka has ended';

const KEEP_ALIVE_MS = 60_000;

/** How kafkajs makes its sockets by itself. */
const plainSockets: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  // Its declaration says that `ssl` is always there.
  const tls = ssl as ConnectionOptions | null | undefined;
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket = tls
    ? connectTls({ host, port, ...servername, ...tls }, onConnect)
    : connectTcp({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket;
};

/**
 * The sockets of one kafkajs client, which can be ended for good. Its own `disconnect` waits for answers that may never
 * come, and a producer that was disconnected connects again to repeat what it had been told to send.
 */
export class SocketGate {
  readonly #sockets = new Set<Socket>();
  #shut = false;

  constructor(private readonly make: ISocketFactory = plainSockets) {}

  readonly factory: ISocketFactory = (options) => {
    if (this.#shut) throw new Error(CLIENT_ENDED);
    const socket = this.make(options);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  };

  /** Cuts what is connected and lets nothing connect any more. */
  shut(): void {
    this.#shut = true;
    // kafkajs hears of an error, not of a plain end.
    for (const socket of this.#sockets) socket.destroy(new Error(CLIENT_ENDED));
  }
}

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readExactObject, type ExactObject } from '../exact-json.js';

const PATIENCE_MS = 10_000;

export interface ReceivedCallback {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly fields: ExactObject;
}

export interface CallbackReceiver {
  readonly url: string;
  readonly received: readonly ReceivedCallback[];
  /** Answers a callback other than by 200 and `success`; null leaves it at that. */
  rule: (callback: ReceivedCallback) => { readonly status: number; readonly body: string } | null;
  /** Resolves when the predicate holds over all that was received. */
  until(predicate: (received: readonly ReceivedCallback[]) => boolean): Promise<readonly ReceivedCallback[]>;
  close(): Promise<void>;
}

/** A merchant's callback server on loopback. */
export async function startCallbackReceiver(): Promise<CallbackReceiver> {
  const received: ReceivedCallback[] = [];
  let check: (() => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const { url = '', headers } = request;
      const callback = { path: url, headers, raw: raw.toString('utf8'), fields: readExactObject(raw) ?? {} };
      received.push(callback);
      const { status, body } = receiver.rule(callback) ?? { status: 200, body: 'success' };
      response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
      check.forEach((one) => one());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: CallbackReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks`,
    received,
    rule: () => null,
    until: (predicate) =>
      new Promise((resolve, reject) => {
        const patience = setTimeout(() => {
          reject(new Error(`the callbacks never came to it: ${predicate.toString()}`));
        }, PATIENCE_MS);
        const one = () => {
          if (!predicate(received)) return;
          check = check.filter((other) => other !== one);
          clearTimeout(patience);
          resolve(received);
        };
        check.push(one);
        one();
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

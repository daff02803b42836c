import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { OutboundHttp, type OutboundOutcome, type OutboundRequest } from '#platform/http/outbound-http';

/** HTTPS that trusts one authority: production names it by NODE_EXTRA_CA_CERTS, which is read when a process starts. */
export class TrustingHttp extends OutboundHttp {
  readonly #ca: Buffer;

  constructor(caFile: string) {
    super();
    this.#ca = readFileSync(caFile);
  }

  send({ method, url, headers, body }: OutboundRequest): Promise<OutboundOutcome> {
    return new Promise((resolve) => {
      const sent = request(url, { method, headers, ca: this.#ca }, (response) => {
        void buffer(response).then((answer) =>
          resolve({ kind: 'answered', status: response.statusCode ?? 0, headers: {}, body: answer }),
        );
      });
      sent.on('error', (error) => resolve({ kind: 'unknown', reason: error.message }));
      sent.end(body);
    });
  }
}

import { OutboundHttp, type OutboundOutcome, type OutboundRequest } from '#platform/http/outbound-http';
import { REFERENCE } from '../provider-doubles.js';
import type { ScriptedAnswer } from '../scripted-http-server.js';

/**
 * The vendors' side of outgoing requests: answers as the test says, about the order that it was sent. Answers are
 * written for `REFERENCE`; the reference of the real order takes its place.
 */
export class VendorDesk extends OutboundHttp {
  creates = 0;
  queries = 0;
  /** Our reference in the last create request that had one. */
  reference: string | undefined;
  create: ScriptedAnswer | Promise<ScriptedAnswer> = { status: 500, body: 'no script' };
  lookUp: ScriptedAnswer = { status: 500, body: 'no script' };

  async send({ method, url, body = '' }: OutboundRequest): Promise<OutboundOutcome> {
    const isQuery = method === 'GET' || /query|detail/i.test(url);
    this.reference = /p[0-9a-z]{27}/.exec(`${url}${body}`)?.[0] ?? this.reference;
    if (isQuery) this.queries += 1;
    else this.creates += 1;
    const answer = isQuery ? this.lookUp : await this.create;
    return {
      kind: 'answered',
      status: answer.status,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(this.aboutTheOrder(answer.body)),
    };
  }

  /** A text that speaks of `REFERENCE`, about the order that was sent. */
  aboutTheOrder(text: string): string {
    return this.reference === undefined ? text : text.replaceAll(REFERENCE, this.reference);
  }
}

import type { FastifyInstance } from 'fastify';
import { readStrictJson } from '#platform/json/strict-json';
import { problem, ProblemException } from './problems.js';

/** As much as a command may have on the bus. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Only `application/json`, read so that it has one meaning (see `strict-json.ts`); any other type is refused with 415. */
export function acceptStrictJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    // An empty body is what a client sends that always sets the header; whether one is needed, the route says.
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    const read = readStrictJson(typeof body === 'string' ? Buffer.from(body) : body);
    if (read.ok) done(null, read.value);
    else done(new ProblemException(problem('malformed-json', read.remedy)));
  });
}

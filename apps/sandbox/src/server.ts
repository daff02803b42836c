import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { FrontDesk, Reaction } from './front-desk.js';
import { UnreadableScriptError } from './read-script.js';
import type { Answer, ReceivedRequest, VendorApi } from './vendors/vendor-api.js';

/** The HTTP server; bodies stay the bytes that came, because signatures are over those. */
export function makeServer(apis: Iterable<VendorApi>, desk: FrontDesk): FastifyInstance {
  const server = fastify({ forceCloseConnections: true, bodyLimit: 1_048_576 });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, _request, reply) => {
    const known = error instanceof UnreadableScriptError;
    void reply
      .code(known ? 400 : 500)
      .send({ error: error instanceof Error ? error.message : String(error) });
  });
  for (const api of apis) {
    for (const route of api.routes) {
      server.route({
        method: route.method,
        url: route.path,
        handler: async (request, reply) => {
          const received = receivedOf(request);
          const reaction = await (route.kind === 'create'
            ? desk.create(api, received)
            : desk.query(api, received));
          return react(reaction, reply);
        },
      });
    }
  }
  return server;
}

function receivedOf(request: FastifyRequest): ReceivedRequest {
  const [path = '', query = ''] = request.url.split('?', 2);
  return {
    path,
    headers: request.headers,
    params: request.params as Record<string, string>,
    query: new URLSearchParams(query),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

async function react(reaction: Reaction, reply: FastifyReply): Promise<FastifyReply> {
  if (reaction.kind === 'silence') return reply.hijack();
  if (reaction.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, reaction.delayMs));
  switch (reaction.kind) {
    case 'destroy':
      reply.hijack();
      reply.raw.destroy();
      return reply;
    case 'answer':
      return send(reply, reaction.answer);
  }
}

function send(reply: FastifyReply, { status, contentType, body }: Answer): FastifyReply {
  return reply.code(status).header('content-type', contentType).send(body);
}

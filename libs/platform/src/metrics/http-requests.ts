import type { FastifyInstance } from 'fastify';
import type { Clock } from '../time/clock.js';
import { NO_METRICS, QUICK_SECONDS, type Metrics } from './metrics.js';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Times the requests of an HTTP server by the patterns of its routes; call it before the first route is added. */
export function measureRequests(server: FastifyInstance, metrics: Metrics, clock: Clock): void {
  if (metrics === NO_METRICS) return;
  const seconds = metrics.histogram({
    name: 'payout_http_request_seconds',
    help: 'Time of a request, by the pattern of its route',
    labels: ['method', 'route', 'status'],
    buckets: QUICK_SECONDS,
  });
  const begun = new WeakMap<object, number>();
  server.addHook('onRequest', (request, _reply, done) => {
    begun.set(request, clock.monotonicMs());
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const since = begun.get(request);
    // An address that fits no route is somebody else's text.
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const method = METHODS.has(request.method) ? request.method : 'other';
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    if (since !== undefined)
      seconds.observe({ method, route, status }, (clock.monotonicMs() - since) / 1_000);
    done();
  });
}

import { httpUrl, integer, oneOf, text } from '../config/setting.js';
import { LOG_LEVELS } from '../logging/pino-logger.js';
import { TRACE_RATIO_SETTING } from '../tracing/settings.js';

export const PORT_RANGE = { min: 0, max: 65_535 } as const;

/** Address on which a program listens for others. */
export const HOST_SETTING = text('PAYOUT_HOST', {
  description: 'Address to listen on; callers need tokens on any but loopback',
  default: '127.0.0.1',
});

/** What every program of the production shape reads. */
export const SERVICE_SETTINGS = {
  statusHost: text('PAYOUT_STATUS_HOST', {
    description: 'Address of the status port; probes and Prometheus come from other machines',
    default: '0.0.0.0',
  }),
  statusPort: integer('PAYOUT_STATUS_PORT', {
    description: 'Port of /health/live, /health/ready and /metrics',
    default: 9464,
    ...PORT_RANGE,
  }),
  instance: text('PAYOUT_INSTANCE', {
    description: 'Name of this copy in logs, metrics and leases; the host name if absent',
    optional: true,
  }),
  tracesTo: httpUrl('OTEL_EXPORTER_OTLP_ENDPOINT', {
    description: 'Where OpenTelemetry traces go, over OTLP/HTTP; without it none are made',
    optional: true,
  }),
  traceRatio: TRACE_RATIO_SETTING,
  logLevel: oneOf('PAYOUT_LOG_LEVEL', LOG_LEVELS, { description: 'What is logged', default: 'info' }),
};

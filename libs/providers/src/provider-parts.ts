import type { OutboundHttp } from '#platform/http/outbound-http';
import type { Ids } from '#platform/ids/ids';
import type { Clock } from '#platform/time/clock';
import type { TimingOverride } from './card-timing.js';

/** What every adapter needs besides its settings. */
export interface ProviderParts {
  readonly http: OutboundHttp;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly timing?: TimingOverride;
  /** Hosts that may be spoken to without TLS, besides this machine: a sandbox in a network of its own. */
  readonly plainHttpHosts?: readonly string[];
}

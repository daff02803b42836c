import { openEngines, type EmbeddedEngines } from '#embedded/engines';
import type { ProvidersFile } from '#providers/providers-file';
import { SystemOutboundHttp } from '#platform/http/system-outbound-http';
import { SystemIds } from '#platform/ids/system-ids';
import { PinoLogger } from '#platform/logging/pino-logger';
import { SystemClock } from '#platform/time/system-clock';
import { MasterKey } from '#platform/vault/master-key';

/** The engines of the embedded shape in a folder, with a master key of their own. What goes wrong is told on stderr. */
export function openBenchEngines(
  dataFolder: string,
  providers: ProvidersFile = { settings: {} },
): Promise<EmbeddedEngines> {
  const clock = new SystemClock();
  const ids = new SystemIds();
  return openEngines({
    dataFolder,
    masterKey: MasterKey.parse(MasterKey.generate(ids)),
    providers,
    clock,
    ids,
    http: new SystemOutboundHttp(),
    logger: PinoLogger.create({ level: 'error', service: 'bench', clock }),
  });
}

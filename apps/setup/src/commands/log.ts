import { checkServer } from '#event-store/eventstoredb/check-server';
import { parseConnectionString } from '#event-store/eventstoredb/connection-string';
import { prepareServer } from '#event-store/eventstoredb/prepare-server';
import { EVENTSTORE_SETTINGS } from '#event-store/eventstoredb/settings';
import { ConfigError, readConfig } from '#platform/config/read-config';
import type { Setting } from '#platform/config/setting';
import { SystemOutboundHttp } from '#platform/http/system-outbound-http';
import { SystemIds } from '#platform/ids/system-ids';
import type { SetupCommand, SetupWorld } from '../setup-command.js';

const ADMIN_URL: Setting<string | undefined> = {
  name: 'EVENTSTORE_ADMIN_URL',
  description:
    "An administrator's connection string; not needed where the server has no access control (tls=false)",
  expects: 'esdb://admin:password@host:2113?tls=true',
  secret: true,
  absent: { value: undefined, shown: '' },
  read: (text) => parseConnectionString(text).text,
};
const SCHEMA = { eventStoreUrl: EVENTSTORE_SETTINGS.eventStoreUrl, adminUrl: ADMIN_URL };

const PATIENCE_MS = 60_000;

/** The ledger's user and password are those that `EVENTSTORE_URL` names. */
export const log: SetupCommand = {
  purpose:
    "makes the ledger's own user at EventStoreDB, who may append and read and may not delete; then checks",
  schema: SCHEMA,
  async run(world) {
    const { eventStoreUrl, adminUrl } = readConfig(SCHEMA, world.env);
    const { tls, user, password } = parseConnectionString(eventStoreUrl);
    if (!tls)
      world.out('EVENTSTORE_URL says tls=false: the server has no access control, and no user is made');
    else if (user === undefined || password === undefined)
      throw missing(
        'EVENTSTORE_URL',
        'it names no user; set it to esdb://ledger:password@host:2113?tls=true',
      );
    else if (adminUrl === undefined)
      throw missing(ADMIN_URL.name, `it is not set; set it to ${ADMIN_URL.expects}`);
    else await prepare(world, adminUrl, { name: user, password });
    await check(world, eventStoreUrl);
  },
};

async function prepare(
  { clock, logger, out }: SetupWorld,
  url: string,
  user: { readonly name: string; readonly password: string },
): Promise<void> {
  const http = new SystemOutboundHttp();
  try {
    const prepared = await prepareServer({ url, user, clock, ids: new SystemIds(), http, logger });
    out(`user ${user.name}: ${prepared.user}`);
    out(`default access: ${prepared.defaultAccess}`);
    out(`access to $all: ${prepared.accessToAll}`);
  } finally {
    await http.close();
  }
}

async function check({ clock, logger, out }: SetupWorld, url: string): Promise<void> {
  const { unsafe, tombstoned, warning } = await checkServer({
    url,
    clock,
    logger,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (warning !== undefined) out(`warning: our user could delete: ${warning}`);
  const problems = [
    ...unsafe.map(
      (stream) => `${stream.stream} has ${stream.settings.join(', ')}: take it out of its metadata`,
    ),
    ...tombstoned.map((stream) => `${stream}: tombstoned`),
  ];
  if (problems.length > 0)
    throw new Error(
      `streams of the ledger that the server would cut, or has deleted:\n${problems.join('\n')}`,
    );
  out('no stream of the ledger is limited, cut or deleted');
}

function missing(variable: string, problem: string): ConfigError {
  return new ConfigError([{ variable, problem }]);
}

import { AUDIT_SCHEMA } from '#audit/config';
import { CALLBACK_SCHEMA } from '#callback/config';
import { COMMAND_SCHEMA } from '#command/config';
import { EMBEDDED_SCHEMA } from '#embedded/config';
import { describeConfig, type ConfigSchema } from '#platform/config/read-config';
import type { Setting } from '#platform/config/setting';
import { PROJECTION_SCHEMA } from '#projection/config';
import { QUERY_SCHEMA } from '#query/config';
import { COMMANDS } from '#setup/run-setup';

const HEAD = `# Every variable that the service (npm start) reads. Made from the schema in apps/embedded/src/config.ts:
# npm run build && node dist/test/docs/write-env-example.js
# Nothing reads this file by itself. Copy it to .env, fill it in, then: set -a; . ./.env; set +a; npm start
# One process per program, on EventStoreDB, Kafka and PostgreSQL: .env.production.example

`;

const PRODUCTION = `# Every variable that the programs of the production shape read, and which of them do. Made from their schemas
# (apps/<program>/src/config.ts): npm run build && node dist/test/docs/write-env-example.js
# Nothing reads this file by itself. Give each program its own part of it: docs/operations.md.

`;

/** Every program of the production shape, with its schema. */
export const PROGRAMS: Readonly<Record<string, ConfigSchema>> = {
  command: COMMAND_SCHEMA,
  callback: CALLBACK_SCHEMA,
  projection: PROJECTION_SCHEMA,
  query: QUERY_SCHEMA,
  audit: AUDIT_SCHEMA,
  ...Object.fromEntries(
    Object.entries(COMMANDS).map(([name, { schema }]) => [`setup ${name}`, schema] as const),
  ),
};

/** What `.env.example` has to be. */
export function envExample(): string {
  return HEAD + describeConfig(EMBEDDED_SCHEMA);
}

/** What `.env.production.example` has to be. */
export function productionEnvExample(): string {
  return PRODUCTION + describeConfig(readByPrograms());
}

/** Each variable once, and who reads it. */
function readByPrograms(): ConfigSchema {
  const settings = new Map<string, { readonly setting: Setting<unknown>; readonly readers: string[] }>();
  for (const [program, schema] of Object.entries(PROGRAMS)) {
    for (const setting of Object.values(schema)) {
      const known = settings.get(setting.name);
      if (known === undefined) settings.set(setting.name, { setting, readers: [program] });
      else known.readers.push(program);
    }
  }
  return Object.fromEntries(
    Array.from(settings, ([name, { setting, readers }]) => [
      name,
      { ...setting, description: `${setting.description} [${readers.join(', ')}]` },
    ]),
  );
}

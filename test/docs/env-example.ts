import { EMBEDDED_SCHEMA } from '#embedded/config';
import { describeConfig } from '#platform/config/read-config';

const HEAD = `# Every variable that the service (npm start) reads. Made from the schema in apps/embedded/src/config.ts:
# npm run build && node dist/test/docs/write-env-example.js
# Nothing reads this file by itself. Copy it to .env, fill it in, then: set -a; . ./.env; set +a; npm start

`;

/** What `.env.example` has to be. */
export function envExample(): string {
  return HEAD + describeConfig(EMBEDDED_SCHEMA);
}

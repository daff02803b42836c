import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** An empty database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** Runs SQL in it on a connection of its own, as the tests' user. */
  sql<R extends object>(text: string, values?: readonly unknown[]): Promise<readonly R[]>;
  /** Ends what is still connected to it. */
  drop(): Promise<void>;
}

/** Makes one on the server of `serverUrl`; `options` as CREATE DATABASE takes them. */
export async function testDatabase(serverUrl: string, options = ''): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runSql(serverUrl, `CREATE DATABASE ${name} ${options}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    name,
    sql: (text, values) => runSql(url.href, text, values),
    drop: async () => {
      await runSql(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

export async function runSql<R extends object>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly R[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<R>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

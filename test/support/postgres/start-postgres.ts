import { getContainerRuntimeClient } from 'testcontainers';
import { answers } from './answers.js';
import { ContainerPostgres } from './container-postgres.js';
import { LocalPostgres, postgresPrograms } from './local-postgres.js';

export interface StartedPostgres {
  /** Of a user that may make databases. Tests make their own: see `test-database.ts`. */
  readonly url: string;
  /** `given`: by DATABASE_URL; `local`: the machine's own programs; `container`: by Docker. */
  readonly kind: 'given' | 'local' | 'container';
  stop(): Promise<void>;
  /** Comes back on the same port with the same data. A given server can't be restarted: rejects. */
  restart(): Promise<void>;
}

/** There is no PostgreSQL to be had here. */
export class NoPostgresError extends Error {
  override readonly name = 'NoPostgresError';

  constructor(why: string) {
    super(
      `${why}: install it (apt-get install -y --no-install-recommends postgresql), or set DATABASE_URL ` +
        '(postgres://user:password@host:5432/postgres, of a user that may make databases), or start Docker',
    );
  }
}

/** A real PostgreSQL: the one of DATABASE_URL, else the machine's programs, else a container. */
export async function startPostgres(): Promise<StartedPostgres> {
  const given = process.env['DATABASE_URL'] ?? '';
  if (given !== '') return givenPostgres(given);
  const programs = postgresPrograms();
  if (programs !== undefined) return started('local', await LocalPostgres.start(programs));
  if (await dockerAnswers()) return started('container', await ContainerPostgres.start());
  throw new NoPostgresError('the tests need PostgreSQL, and neither its programs nor Docker are here');
}

async function givenPostgres(url: string): Promise<StartedPostgres> {
  const until = performance.now() + 30_000;
  while (!(await answers(url))) {
    if (performance.now() > until) throw new NoPostgresError('the server of DATABASE_URL does not answer');
  }
  return {
    url,
    kind: 'given',
    stop: async () => undefined,
    restart: async () => {
      throw new Error('the server of DATABASE_URL is not ours to restart');
    },
  };
}

function started(
  kind: StartedPostgres['kind'],
  server: Pick<StartedPostgres, 'url' | 'stop' | 'restart'>,
): StartedPostgres {
  return { url: server.url, kind, stop: () => server.stop(), restart: () => server.restart() };
}

async function dockerAnswers(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

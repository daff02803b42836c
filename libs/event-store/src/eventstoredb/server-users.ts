import type { OutboundHttp, OutboundOutcome } from '#platform/http/outbound-http';
import type { ConnectionString } from './connection-string.js';

/** The server can't be prepared. The message says what to do; it quotes no password. */
export class PrepareServerError extends Error {
  override readonly name = 'PrepareServerError';
}

export interface ServerUser {
  readonly name: string;
  readonly password: string;
}

const ADMINISTRATORS = ['$admins', '$ops'];
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** Users of the server, by its HTTP interface, as the administrator whom the connection string names. */
export class ServerUsers {
  readonly #http: OutboundHttp;
  readonly #origin: string;
  readonly #authorization: string;

  constructor(connection: ConnectionString, http: OutboundHttp) {
    const [first] = connection.hosts;
    if (first === undefined || connection.user === undefined || connection.password === undefined) {
      throw new PrepareServerError('the connection string names no administrator: esdb://admin:password@…');
    }
    this.#http = http;
    this.#origin = `https://${first.host}:${first.port}`;
    const credentials = Buffer.from(`${connection.user}:${connection.password}`).toString('base64');
    this.#authorization = `Basic ${credentials}`;
  }

  /** Makes the user, in no group; gives one that is there already this password. */
  async ensure({ name, password }: ServerUser): Promise<'made' | 'kept'> {
    const made = await this.#post('/users', { loginName: name, fullName: name, groups: [], password });
    if (made.status === 201) return 'made';
    if (made.status !== 409) throw this.#unexpected('making the user', made.status);

    const path = `/users/${encodeURIComponent(name)}`;
    const found = await this.#ask('GET', path);
    if (found.status !== 200) throw this.#unexpected('looking at the user', found.status);
    const administrator = groupsOf(found.body).find((group) => ADMINISTRATORS.includes(group));
    if (administrator !== undefined) {
      throw new PrepareServerError(
        `${name} is in ${administrator} and may delete: choose another name, or take the user out of it`,
      );
    }
    const reset = await this.#post(`${path}/command/reset-password`, { newPassword: password });
    if (reset.status !== 200) throw this.#unexpected("setting the user's password", reset.status);
    return 'kept';
  }

  #post(path: string, body: unknown): Promise<{ readonly status: number; readonly body: Buffer }> {
    return this.#ask('POST', path, JSON.stringify(body));
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    body?: string,
  ): Promise<{ readonly status: number; readonly body: Buffer }> {
    const outcome = await this.#http.send({
      method,
      url: `${this.#origin}${path}`,
      headers: {
        accept: 'application/json',
        authorization: this.#authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    if (outcome.kind === 'answered') return outcome;
    throw new PrepareServerError(this.#silent(outcome));
  }

  #silent({ reason }: Exclude<OutboundOutcome, { kind: 'answered' }>): string {
    const certificate = /certificate|self.signed|issuer/i.test(reason)
      ? '; name the authority that signed its certificate with NODE_EXTRA_CA_CERTS'
      : '';
    return `${this.#origin} did not answer (${reason})${certificate}`;
  }

  #unexpected(what: string, status: number): PrepareServerError {
    const remedy =
      status === 401 || status === 403
        ? 'name an administrator in the connection string, with the right password'
        : 'is it an EventStoreDB of 23.10 or later, with access control on?';
    return new PrepareServerError(`${what} was answered with ${status} by ${this.#origin}: ${remedy}`);
  }
}

/** `{ data: { groups: […] } }` */
function groupsOf(body: Buffer): readonly string[] {
  const answer: unknown = JSON.parse(body.toString('utf8'));
  const groups = field(field(answer, 'data'), 'groups');
  return Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [];
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

import type { IncomingMessage, RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AccessControl, Principal } from './access-control.js';
import { parseObject } from './log/stream-metadata.js';
import type { ServerContext } from './services/server-context.js';
import { newUser, userEvent, type User } from './users.js';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** The little of the plain HTTP interface that is asked of it: liveness, version, and the making of a user. */
export function http1Requests(context: ServerContext): RequestListener {
  return (request, response) => {
    void answer(context, request)
      .catch((error: unknown): Answer => ({ status: 500, body: { error: String(error) } }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      });
  };
}

async function answer(context: ServerContext, request: IncomingMessage): Promise<Answer> {
  await context.gate.wait();
  switch (`${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''}`) {
    case 'GET /health/live':
      return { status: 204 };
    case 'GET /info':
      return { status: 200, body: { esVersion: context.version, standIn: true } };
    case 'POST /users':
    case 'POST /users/':
      return postUser(context, request);
    default:
      return oneUser(context, request);
  }
}

/** `GET /users/<name>`, `POST /users/<name>/command/reset-password`: from the server's source, not recorded. */
async function oneUser(context: ServerContext, request: IncomingMessage): Promise<Answer> {
  const match = /^(GET|POST) \/users\/([^/?]+)(\/command\/reset-password)?$/.exec(
    `${request.method ?? ''} ${request.url ?? ''}`,
  );
  const { access } = context;
  if (access === undefined || match === null) return { status: 404 };
  if (!isAdmin(access, access.principal(request.headers.authorization))) return { status: 401 };
  const user = access.user(decodeURIComponent(match[2] ?? ''));
  if (user === undefined) return { status: 404 };
  if (match[1] === 'GET' && match[3] === undefined) {
    return { status: 200, body: { data: { loginName: user.name, groups: user.groups } } };
  }
  if (match[1] === 'GET' || match[3] === undefined) return { status: 405 };
  const { newPassword } = parseObject(Buffer.from(await text(request)));
  if (typeof newPassword !== 'string') return { status: 400 };
  await keepUser(context, newUser(user.name, newPassword, user.groups), '$PasswordChanged');
  return { status: 200 };
}

async function postUser(context: ServerContext, request: IncomingMessage): Promise<Answer> {
  const { access } = context;
  if (access === undefined) return { status: 404, body: { error: 'access control is off' } };
  if (!isAdmin(access, access.principal(request.headers.authorization))) return { status: 401 };
  const { loginName, password, groups } = parseObject(Buffer.from(await text(request)));
  if (typeof loginName !== 'string' || loginName === '' || typeof password !== 'string')
    return { status: 400 };
  if (access.user(loginName) !== undefined) return { status: 409 };
  const names = Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [];
  await keepUser(context, newUser(loginName, password, names), '$UserCreated');
  return { status: 201 };
}

async function keepUser(context: ServerContext, user: User, type: string): Promise<void> {
  const { stream, data } = userEvent(user);
  const event = {
    id: context.newId(),
    type,
    contentType: 'application/json' as const,
    data,
    metadata: new Uint8Array(),
  };
  await context.store.commit((log) => {
    const last = log.streamEvents(stream).at(-1);
    return log.append(stream, last?.revision ?? 'no-stream', [event], context.nowMs());
  });
}

const isAdmin = (access: AccessControl, principal: Principal | undefined): boolean =>
  principal !== undefined && access.isAdmin(principal);

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { FAULT_ANSWERS, FAULT_CALLS, type FaultRule } from './faults.js';
import { parseObject } from './log/stream-metadata.js';
import type { EventStoreDbStandIn } from './stand-in.js';

/** A request that can't be taken. */
class BadControlRequest extends Error {}

/**
 * The stand-in's faults for other processes, over plain HTTP on a port of its own:
 * `GET /state`; `POST /faults` (a `FaultRule` as JSON), `GET /faults`, `DELETE /faults`, `DELETE /faults/<id>`;
 * `POST /hang`, `POST /resume`, `POST /cut`, `POST /restart?downMs=N`. It is never hung itself.
 */
export class ControlServer {
  private constructor(private readonly server: Server) {}

  static async open(standIn: EventStoreDbStandIn, port: number): Promise<ControlServer> {
    const server = createServer((request, response) => {
      void answer(standIn, request)
        .then(
          (body) => ({ status: 200, body }),
          (error: unknown) => ({
            status: error instanceof BadControlRequest ? 400 : 500,
            body: { error: error instanceof Error ? error.message : String(error) },
          }),
        )
        .then(({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/json' });
          response.end(`${JSON.stringify(body)}\n`);
        });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new ControlServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

async function answer(standIn: EventStoreDbStandIn, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://control');
  const [, subject = '', id] = url.pathname.split('/');
  switch (`${request.method ?? ''} ${subject}`) {
    case 'GET state':
      return stateOf(standIn);
    case 'GET faults':
      return standIn.faults.list();
    case 'POST faults':
      return standIn.faults.arm(faultRule(parseObject(Buffer.from(await text(request)))));
    case 'DELETE faults':
      standIn.faults.disarm(id === undefined ? undefined : Number(id));
      return standIn.faults.list();
    case 'POST hang':
      standIn.hang();
      return stateOf(standIn);
    case 'POST resume':
      standIn.resume();
      return stateOf(standIn);
    case 'POST cut':
      standIn.cutConnections();
      return stateOf(standIn);
    case 'POST restart':
      await standIn.restart(Number(url.searchParams.get('downMs') ?? '0'));
      return stateOf(standIn);
    default:
      throw new BadControlRequest(`there is no ${request.method ?? ''} ${url.pathname}`);
  }
}

function stateOf(standIn: EventStoreDbStandIn): unknown {
  const { url, calls, events, connections, hanging } = standIn;
  return { url, calls, events, connections, hanging, faults: standIn.faults.list() };
}

function faultRule(given: Readonly<Record<string, unknown>>): FaultRule {
  const call = FAULT_CALLS.find((name) => name === given['call']);
  const answerName = FAULT_ANSWERS.find((name) => name === given['answer']);
  if (call === undefined) throw new BadControlRequest(`call is one of ${FAULT_CALLS.join(', ')}`);
  if (answerName === undefined) throw new BadControlRequest(`answer is one of ${FAULT_ANSWERS.join(', ')}`);
  const { written, streamPrefix } = given;
  const rule: Partial<Record<(typeof NUMBERS)[number], number>> = {};
  for (const name of NUMBERS) {
    const value = given[name];
    if (typeof value === 'number') rule[name] = value;
    else if (value !== undefined) throw new BadControlRequest(`${name} is a number`);
  }
  return {
    call,
    answer: answerName,
    ...rule,
    ...(typeof written === 'boolean' ? { written } : {}),
    ...(typeof streamPrefix === 'string' ? { streamPrefix } : {}),
  };
}

const NUMBERS = ['afterEvents', 'times', 'probability', 'seed'] as const;

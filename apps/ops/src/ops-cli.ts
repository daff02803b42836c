import { parseArgs } from 'node:util';
import type { OutboundHttp, OutboundOutcome } from '#platform/http/outbound-http';
import type { Ids } from '#platform/ids/ids';
import { NoOperatorTokenError, operatorToken } from './operator-token.js';
import { OPTIONS, requestOf, type OpsRequest, type Values } from './ops-requests.js';

export interface OpsWorld {
  readonly http: OutboundHttp;
  readonly ids: Ids;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const USAGE = `payout-ops: what an operator changes. It talks to a running service.

  payout-ops loops                      what each task of this copy does, how far it is, and what stops it
  payout-ops leases                     which copy does what only one may do, and for how long it is sure of it
  payout-ops held                       commands that wait because handling one of their payout failed
  payout-ops retry <key>                try the held commands of a payout again, in order
  payout-ops skip <key>                 give up the first held command of a payout
  payout-ops sending                    whether requests leave for providers
  payout-ops pause-sending --operator <name> --reason <text>     let none leave, in every copy, until it is resumed
  payout-ops resume-sending --operator <name> --reason <text>
  payout-ops resolve <payout id> --decision paid|not-paid|resume --operator <name> --reason <text>
                     [--paid <amount>] [--fee <amount>] [--command-id <id>]

  --url <address>    where the operators' port is (default http://127.0.0.1:3002)
  --data <folder>    the embedded service's data folder, for the operator token in it. Without it: PAYOUT_OPERATOR_TOKEN,
                     or the file that PAYOUT_OPERATOR_TOKEN_FILE names, or PAYOUT_DATA_FOLDER, or ./data
  --command-id <id>  of a resolve that was called before: it is not decided twice, and its first answer comes again`;

/** Runs one command. 0: done; 1: the service refused it or isn't there; 2: the command line is wrong. */
export async function runOps(args: readonly string[], world: OpsWorld): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    world.err(error instanceof Error ? error.message : String(error));
    world.err(USAGE);
    return 2;
  }
  const { values, positionals } = parsed;
  const request = requestOf(positionals, values, () => world.ids.uuid());
  if (values.help === true || request === undefined) {
    (values.help === true ? world.out : world.err)(USAGE);
    return values.help === true ? 0 : 2;
  }
  return call(request, values, world);
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

async function call(request: OpsRequest, values: Values, world: OpsWorld): Promise<number> {
  const { env, out, err } = world;
  const url = String(values.url ?? 'http://127.0.0.1:3002').replace(/\/$/, '');
  let token: string;
  try {
    token = operatorToken(values.data === undefined ? undefined : String(values.data), env);
  } catch (error) {
    if (!(error instanceof NoOperatorTokenError)) throw error;
    err(error.message);
    return 1;
  }
  // Said before the call: whatever becomes of it, it can be called again as the same decision.
  if (request.commandId !== undefined) err(`command id ${request.commandId}`);
  let outcome = await send(request, url, token, world);
  if (outcome.kind === 'unknown' && request.commandId !== undefined) {
    err(`the answer was lost (${outcome.reason}): asked again, with the same command id`);
    outcome = await send(request, url, token, world);
  }
  if (outcome.kind !== 'answered') {
    err(
      `no answer from ${url} (${outcome.reason}): is the service running, and is this its operators' port?`,
    );
    if (outcome.kind === 'unknown') err(notKnown(request));
    return 1;
  }
  const answer = outcome.body.toString('utf8');
  const good = outcome.status < 300;
  (good ? out : err)(pretty(answer));
  return good ? 0 : 1;
}

function send(
  { method, path, body }: OpsRequest,
  url: string,
  token: string,
  { http }: OpsWorld,
): Promise<OutboundOutcome> {
  return http.send({
    method,
    url: `${url}${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeoutMs: 30_000,
    maxAnswerBytes: 4 * 1024 * 1024,
  });
}

function notKnown({ method, commandId }: OpsRequest): string {
  if (method === 'GET') return 'nothing was changed';
  return commandId === undefined
    ? 'whether it was done is not known: look before you repeat it'
    : `whether it was done is not known: repeat it with --command-id ${commandId}`;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

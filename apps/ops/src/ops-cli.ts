import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { OutboundHttp } from '#platform/http/outbound-http';

export interface OpsWorld {
  readonly http: OutboundHttp;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const USAGE = `payout-ops: what an operator changes. It talks to a running service.

  payout-ops loops                      how far each loop is, and what stops it
  payout-ops held                       commands that wait because handling one of their payout failed
  payout-ops retry <key>                try the held commands of a payout again, in order
  payout-ops skip <key>                 give up the first held command of a payout
  payout-ops resolve <payout id> --decision paid|not-paid|resume --operator <name> --reason <text>
                     [--paid <amount>] [--fee <amount>]

  --url <address>    where the operators' port is (default http://127.0.0.1:3002)
  --data <folder>    the data folder, for its operator token (default ./data, or PAYOUT_DATA_FOLDER)`;

const OPTIONS = {
  url: { type: 'string' },
  data: { type: 'string' },
  decision: { type: 'string' },
  operator: { type: 'string' },
  reason: { type: 'string' },
  paid: { type: 'string' },
  fee: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = Partial<Record<keyof typeof OPTIONS, string | boolean | undefined>>;

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
  const request = requestOf(positionals, values);
  if (values.help === true || request === undefined) {
    (values.help === true ? world.out : world.err)(USAGE);
    return values.help === true ? 0 : 2;
  }
  return call(request, values, world);
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

interface OpsRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

function requestOf([command, subject]: readonly string[], values: Values): OpsRequest | undefined {
  const at = subject === undefined ? undefined : encodeURIComponent(subject);
  switch (command) {
    case 'loops':
    case 'held':
      return { method: 'GET', path: `/ops/v1/${command}` };
    case 'retry':
    case 'skip':
      return at === undefined
        ? undefined
        : { method: 'POST', path: `/ops/v1/held/${at}/${command}`, body: '{}' };
    case 'resolve': {
      const { decision, operator, reason, paid, fee } = values;
      if (at === undefined || decision === undefined || operator === undefined || reason === undefined)
        return undefined;
      return {
        method: 'POST',
        path: `/ops/v1/payouts/${at}/resolve`,
        body: JSON.stringify({ decision, operator, reason, paid, fee }),
      };
    }
    case undefined:
    default:
      return undefined;
  }
}

async function call(
  { method, path, body }: OpsRequest,
  values: Values,
  { http, env, out, err }: OpsWorld,
): Promise<number> {
  const url = String(values.url ?? 'http://127.0.0.1:3002');
  const tokenFile = join(String(values.data ?? env['PAYOUT_DATA_FOLDER'] ?? './data'), 'operator-token');
  let token: string;
  try {
    token = readFileSync(tokenFile, 'utf8').trim();
  } catch {
    err(`${tokenFile} can't be read: name the service's data folder with --data`);
    return 1;
  }
  const outcome = await http.send({
    method,
    url: `${url}${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
    timeoutMs: 30_000,
    maxAnswerBytes: 4 * 1024 * 1024,
  });
  if (outcome.kind !== 'answered') {
    err(
      `no answer from ${url} (${outcome.reason}): is the service running, and is this its operators' port?`,
    );
    return 1;
  }
  const answer = outcome.body.toString('utf8');
  const good = outcome.status < 300;
  (good ? out : err)(pretty(answer));
  return good ? 0 : 1;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { page, ROOT } from '#test/docs/pages';
import { freePorts } from '#test/support/processes/free-ports';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(file, args, {
    env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

const ENTRY = fileURLToPath(new URL('deploy/payout-ledger', ROOT));
const HEALTH = fileURLToPath(new URL('deploy/health.mjs', ROOT));

describe('the entry point of the image', () => {
  it('lists its programs when it is given none, or one that there is not', async () => {
    for (const args of [[], ['comand'], ['--help'], ['/bin/sh']]) {
      const { code, err } = await run(ENTRY, args);
      assert.equal(code, 64, args.join());
      for (const program of ['command', 'callback', 'projection', 'query', 'audit', 'setup', 'payout-ops']) {
        assert.match(err, new RegExp(`^  ${program} `, 'm'));
      }
    }
  });

  it('lists every program that it starts', () => {
    const text = page('deploy/payout-ledger');
    const [, usage = ''] = text.split("<<'USAGE'");
    const started = [...text.matchAll(/^ {2}([a-z|\- ]+)\) (?:file=|exec)/gm)].flatMap(([, names = '']) =>
      names.split(' | '),
    );
    const listed = [...usage.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name = '']) => name);
    assert.deepEqual(new Set(listed), new Set(started));
  });
});

describe('payout-ledger health', () => {
  const servers: Server[] = [];
  after(() => Promise.all(servers.map((server) => new Promise((done) => server.close(done)))));

  async function listening(statusOf: (url: string) => number | undefined): Promise<string> {
    const server = createServer((request, response) => {
      const status = statusOf(request.url ?? '');
      if (status !== undefined) response.writeHead(status).end('{"waitsFor":["log"]}');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return String((server.address() as AddressInfo).port);
  }

  const ask = async (what: string, env: Readonly<Record<string, string>>): Promise<Ended> => {
    const [status, api] = await freePorts(2);
    return run(process.execPath, [HEALTH, what], {
      PAYOUT_STATUS_PORT: String(status),
      PAYOUT_API_PORT: String(api),
      ...env,
    });
  };

  it('is the status port’s answer, live and ready apart', async () => {
    const port = await listening((url) => ({ '/health/live': 200, '/health/ready': 503 })[url] ?? 404);
    assert.equal((await ask('live', { PAYOUT_STATUS_PORT: port })).code, 0);
    const ready = await ask('ready', { PAYOUT_STATUS_PORT: port });
    assert.equal(ready.code, 1);
    assert.match(ready.err, /503.*waitsFor.*log/);
  });

  it('is the API’s where there is no status port', async () => {
    const port = await listening((url) => (url === '/health/ready' ? 200 : 404));
    assert.equal((await ask('ready', { PAYOUT_API_PORT: port })).code, 0);
    assert.equal((await ask('live', { PAYOUT_API_PORT: port })).code, 1);
  });

  it('is that of an address, where one is named', async () => {
    const port = await listening((url) => (url === '/own' ? 200 : 404));
    const named = await run(process.execPath, [HEALTH, 'live', `http://127.0.0.1:${port}/own`]);
    assert.equal(named.code, 0);
    const other = await run(process.execPath, [HEALTH, 'live', `http://127.0.0.1:${port}/other`]);
    assert.equal(other.code, 1);
  });

  it('says no when nothing answers in time, and when nothing listens', async () => {
    const silent = await listening(() => undefined);
    const api = await listening(() => 200);
    const hung = await ask('live', { PAYOUT_STATUS_PORT: silent, PAYOUT_API_PORT: api });
    assert.equal(hung.code, 1, 'the API doesn’t speak for a status port that hangs');
    assert.match(hung.err, /TimeoutError/);
    const nobody = await ask('live', {});
    assert.equal(nobody.code, 1);
    assert.match(nobody.err, /nothing answers/);
    assert.equal((await ask('well', {})).code, 64);
  });
});

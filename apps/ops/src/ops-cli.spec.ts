import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { OutboundHttp, type OutboundOutcome, type OutboundRequest } from '#platform/http/outbound-http';
import { SystemIds } from '#platform/ids/system-ids';
import { temporaryFolder } from '#test/support/temporary-folder';
import { runOps } from './ops-cli.js';

const PAYOUT = '00000000-0000-5000-8000-000000000001';
const RESOLVE = ['resolve', PAYOUT, '--decision', 'paid', '--operator', 'Ann', '--reason', 'asked the bank'];
const LOST: OutboundOutcome = { kind: 'unknown', reason: 'ECONNRESET' };
const NOBODY: OutboundOutcome = { kind: 'not-sent', reason: 'ECONNREFUSED' };
const DONE: OutboundOutcome = { kind: 'answered', status: 200, headers: {}, body: Buffer.from('{"a":1}') };

describe('payout-ops', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let sent: OutboundRequest[];
  let lines: { readonly to: 'out' | 'err'; readonly line: string }[];
  beforeEach(() => {
    folder = temporaryFolder();
    sent = [];
    lines = [];
  });
  afterEach(() => folder.remove());

  function run(
    args: readonly string[],
    answers: readonly OutboundOutcome[],
    env: Readonly<Record<string, string>> = { PAYOUT_OPERATOR_TOKEN: 'token-of-production-0123' },
  ): Promise<number> {
    const left = [...answers];
    const http = new (class extends OutboundHttp {
      override send(request: OutboundRequest): Promise<OutboundOutcome> {
        sent.push(request);
        return Promise.resolve(left.shift() ?? NOBODY);
      }
    })();
    const write = (to: 'out' | 'err') => (line: string) => void lines.push({ to, line });
    return runOps(args, { http, ids: new SystemIds(), env, out: write('out'), err: write('err') });
  }

  const commandIds = (): readonly unknown[] =>
    sent.map(({ body }) => (JSON.parse(body ?? '{}') as Readonly<Record<string, unknown>>)['commandId']);
  const errors = (): string =>
    lines
      .filter(({ to }) => to === 'err')
      .map(({ line }) => line)
      .join('\n');

  it('says the id of a decision before it is sent, and sends another one with each call', async () => {
    assert.equal(await run(RESOLVE, [DONE]), 0);
    assert.equal(await run(RESOLVE, [DONE]), 0);
    const [first, second] = commandIds();
    assert.ok(typeof first === 'string' && first !== second);
    assert.deepEqual(lines[0], { to: 'err', line: `command id ${first}` });
  });

  it('asks once more with the same id when the answer of a decision was lost', async () => {
    assert.equal(await run(RESOLVE, [LOST, DONE]), 0);
    assert.equal(sent.length, 2);
    assert.equal(new Set(commandIds()).size, 1);
    assert.equal(sent[0]?.body, sent[1]?.body);
  });

  it('says how to repeat a decision of which no answer came at all', async () => {
    assert.equal(await run(RESOLVE, [LOST, LOST, DONE]), 1);
    assert.equal(sent.length, 2);
    assert.match(errors(), new RegExp(`repeat it with --command-id ${String(commandIds()[0])}`));
    assert.equal(await run([...RESOLVE, '--command-id', String(commandIds()[0])], [DONE]), 0);
    assert.equal(new Set(commandIds()).size, 1);
  });

  it('never repeats what has no id', async () => {
    const args = ['pause-sending', '--operator', 'Ann', '--reason', 'restored a backup'];
    assert.equal(await run(args, [LOST, DONE]), 1);
    assert.equal(sent.length, 1);
    assert.match(errors(), /whether it was done is not known/);
  });

  for (const [args, method, address, body] of [
    [['sending'], 'GET', 'sending', undefined],
    [['leases'], 'GET', 'leases', undefined],
    [
      ['pause-sending', '--operator', 'Ann', '--reason', 'why'],
      'POST',
      'sending/pause',
      { operator: 'Ann', reason: 'why' },
    ],
    [
      ['resume-sending', '--operator', 'Ann', '--reason', 'why'],
      'POST',
      'sending/resume',
      { operator: 'Ann', reason: 'why' },
    ],
  ] as const) {
    it(`asks ${method} ${address} for ${args[0]}`, async () => {
      assert.equal(await run([...args, '--url', 'http://10.0.0.7:3002/'], [DONE]), 0);
      assert.deepEqual(
        [sent[0]?.method, sent[0]?.url, sent[0]?.body],
        [
          method,
          `http://10.0.0.7:3002/ops/v1/${address}`,
          body === undefined ? undefined : JSON.stringify(body),
        ],
      );
    });
  }

  for (const args of [
    ['pause-sending', '--operator', 'Ann'],
    ['resume-sending', '--reason', 'why'],
    ['leases', 'all'],
  ]) {
    it(`takes no ${args.join(' ')}`, async () => {
      assert.equal(await run(args, [DONE]), 2);
      assert.equal(sent.length, 0);
    });
  }

  it('takes the token from the folder that is named, else from the environment, else from the usual folder', async () => {
    writeFileSync(join(folder.path, 'operator-token'), 'token-of-the-folder\n');
    writeFileSync(join(folder.path, 'secret'), 'token-of-the-file\n');
    const env = { PAYOUT_OPERATOR_TOKEN: 'token-of-the-environment' };
    await run(['held', '--data', folder.path], [DONE], env);
    await run(['held'], [DONE], { ...env, PAYOUT_DATA_FOLDER: folder.path });
    await run(['held'], [DONE], { PAYOUT_OPERATOR_TOKEN_FILE: join(folder.path, 'secret') });
    await run(['held'], [DONE], { PAYOUT_DATA_FOLDER: folder.path });
    assert.deepEqual(
      sent.map(({ headers }) => headers['authorization']),
      ['folder', 'environment', 'file', 'folder'].map((place) => `Bearer token-of-the-${place}`),
    );
    assert.ok(!errors().includes('token-of'));
  });

  it('names every place where a token may lie when there is none', async () => {
    assert.equal(await run(['held'], [DONE], { PAYOUT_DATA_FOLDER: join(folder.path, 'none') }), 1);
    assert.match(errors(), /operator-token can't be read: .*--data, or set PAYOUT_OPERATOR_TOKEN/);
    assert.equal(sent.length, 0);
  });
});

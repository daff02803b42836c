import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { defaultSettings } from './default-settings.js';
import { startCallbackReceiver } from './testing/callback-receiver.js';
import { merchants, send } from './testing/merchant.js';
import { bookWhen, readBook } from './testing/sandbox-under-test.js';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));

async function start(folder: string, settings: string) {
  const args = [MAIN, '--port', '0', '--data', folder, '--settings', settings];
  const process_: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(process_.stdout), 'line')) as [string];
  return { process_, url: (JSON.parse(line) as { listening: string }).listening };
}

describe('the sandbox as a process', { timeout: 30_000 }, () => {
  it('keeps its book through SIGKILL, settles and calls back after it, and ends cleanly on SIGTERM', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-kill-'));
    const settingsFile = join(folder, 'settings.json');
    writeFileSync(
      settingsFile,
      JSON.stringify({ defaultBehaviour: { outcome: 'success', settleAfterMs: 1500 } }),
    );
    const receiver = await startCallbackReceiver();
    try {
      const first = await start(folder, settingsFile);
      const answer = await fetch(`${first.url}/_sandbox/settings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ callbackBase: receiver.url }),
      });
      assert.deepEqual(await answer.json(), {
        callbackBase: receiver.url,
        timeScale: defaultSettings.timeScale,
      });
      const privateKey = readFileSync(join(folder, 'chainpay-merchant-private.pem'), 'utf8');
      const all = merchants(defaultSettings, privateKey);
      await Promise.all(
        all.map(async (merchant) => {
          const callbackUrl = `${receiver.url}/${merchant.vendor}`;
          const order = { reference: 'ref1', beneficiary: merchant.beneficiary(1), callbackUrl };
          const created = await send(first.url, merchant.create(order));
          assert.ok(merchant.isAccepted(created.status, await created.text()));
        }),
      );
      first.process_.kill('SIGKILL');
      await once(first.process_, 'exit');

      const second = await start(folder, settingsFile);
      assert.equal((await readBook(second.url)).orders.length, 5);
      const book = await bookWhen(second.url, ({ callbacks }) => {
        return callbacks.filter(({ outcome }) => outcome === 'acknowledged').length === 5;
      });
      assert.ok(book.orders.every(({ timesPaid }) => timesPaid === 1));
      assert.deepEqual(
        new Set(receiver.received.map(({ path }) => path.split('/')[2])),
        new Set(['dvpay', 'goldenpay', 'cashy', 'revere', 'chainpay']),
      );
      second.process_.kill('SIGTERM');
      const [code] = (await once(second.process_, 'exit')) as [number | null];
      assert.equal(code, 0);
    } finally {
      await receiver.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

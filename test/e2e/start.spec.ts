import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/eventually.js';
import { AppProcess } from '../support/processes/app-process.js';
import { publishCommand } from '../support/processes/bus-bridge.js';
import { callOnce, callUntilAnswered } from '../support/processes/json-call.js';
import { LedgerProcesses } from '../support/processes/ledger-processes.js';
import { openWithFunds } from '../support/processes/opened-accounts.js';

const USD = { currency: 'USD', deposit: '1000.00' };

/** Any line of a stack, a module's path or a promise's complaint. */
const STACK = /^\s+at |node:internal|file:\/\/|Unhandled|throw /m;

let processes: LedgerProcesses;

before(async () => {
  processes = await LedgerProcesses.create();
  await processes.startSandbox();
});
after(() => processes.dispose());

/** Starts it in an environment of which something was changed, and waits for the end that has to come. */
async function refusal(change: Readonly<Record<string, string>>): Promise<string> {
  const service = AppProcess.start('embedded', ['--json'], { ...processes.environment, ...change });
  try {
    let ended = false;
    void service.exited.then(() => (ended = true));
    await eventually(() => ended || service.stdout !== '', 20_000);
    assert.equal(service.stdout, '', 'it has to refuse, and it started');
    const { code } = await service.exited;
    assert.ok(code !== 0 && code !== null, `exit code ${String(code)}`);
    assert.doesNotMatch(service.output, STACK);
    assert.doesNotMatch(service.output, /"alarm"|not cleanly/);
    return service.stderr;
  } finally {
    await service.kill();
  }
}

function fileWith(name: string, content: string): string {
  const path = join(processes.folder, name);
  writeFileSync(path, content);
  return path;
}

function providersFile(name: string, change: Readonly<Record<string, unknown>>): string {
  const all = processes.providerSettings();
  const settings = { ...all, ...change };
  return fileWith(name, JSON.stringify({ settings }));
}

describe('the start, refused', () => {
  const NEW_FOLDER = 'never-made';
  const refused = (change: Readonly<Record<string, string>>): Promise<string> =>
    refusal({ PAYOUT_DATA_FOLDER: join(processes.folder, NEW_FOLDER), ...change });

  it('without a master key, and says how to make one', async () => {
    const words = await refused({ PAYOUT_MASTER_KEY: '' });
    assert.match(words, /PAYOUT_MASTER_KEY/);
    assert.match(words, /openssl rand -base64 32/);
    assert.equal(existsSync(join(processes.folder, NEW_FOLDER)), false);
  });

  const WEAK: Readonly<Record<string, string>> = {
    'of one byte': Buffer.alloc(32, 7).toString('base64'),
    'too short': randomBytes(16).toString('base64'),
    'of words': Buffer.from('this is a password of 32 letters').toString('base64'),
    'of a counter': Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('hex'),
  };
  for (const [name, key] of Object.entries(WEAK)) {
    it(`with a weak master key, ${name}, and doesn't show it`, async () => {
      const words = await refused({ PAYOUT_MASTER_KEY: key });
      assert.match(words, /PAYOUT_MASTER_KEY/);
      assert.match(words, /openssl rand -base64 32/);
      assert.ok(!words.includes(key), 'the key is shown');
      assert.equal(existsSync(join(processes.folder, NEW_FOLDER)), false);
    });
  }

  it('with a providers file that is missing', async () => {
    const path = join(processes.folder, 'no-such-file.json');
    const words = await refused({ PAYOUT_PROVIDERS_FILE: path });
    assert.match(words, /PAYOUT_PROVIDERS_FILE/);
    assert.ok(words.includes(path));
  });

  it('with a providers file that is not JSON, and quotes nothing of it', async () => {
    const path = fileWith('broken.json', '{"settings": {"dvpay": {"apiKey": "broken-secret-4711", }}');
    const words = await refused({ PAYOUT_PROVIDERS_FILE: path });
    assert.match(words, /is not JSON/);
    assert.ok(words.includes(path) && !words.includes('4711'));
  });

  it('with a providers file without settings, and says what it has to look like', async () => {
    const path = fileWith('empty.json', '{"dvpay": {}}');
    assert.match(await refused({ PAYOUT_PROVIDERS_FILE: path }), /\{"settings": \{"dvpay"/);
  });

  const SECRETS = [
    ['dvpay', 'webhookSecret', ''],
    ['goldenpay', 'apiToken', 'short-4711'],
    ['cashy', 'apiKey', ''],
    ['revere', 'callbackToken', 'short-4711'],
    ['chainpay', 'privateKey', 'no-key-4711'],
  ] as const;
  for (const [provider, setting, value] of SECRETS) {
    const name = value === '' ? 'an empty' : 'a short';
    it(`with ${name} ${provider} ${setting}, named`, async () => {
      const settings = { ...processes.providerSettings()[provider], [setting]: value };
      const path = providersFile(`${provider}-${setting}.json`, { [provider]: settings });
      const words = await refused({ PAYOUT_PROVIDERS_FILE: path });
      assert.ok(words.includes(`providers.${provider}.${setting}`), words);
      assert.ok(!words.includes('4711'), 'the value is shown');
    });
  }

  it('on an address that others reach, as long as callers are not named', async () => {
    const words = await refused({ PAYOUT_HOST: '0.0.0.0' });
    assert.match(words, /0\.0\.0\.0/);
    assert.match(words, /PAYOUT_CALLERS/);
  });

  it('with a port that is taken, and names the port', async () => {
    const taken = new URL(processes.sandboxUrl).port;
    for (const variable of ['PAYOUT_API_PORT', 'PAYOUT_BUS_PORT']) {
      const words = await refused({ [variable]: taken });
      assert.ok(words.includes(taken), words);
    }
  });
});

describe('the start in a folder that has data', () => {
  before(async () => {
    const service = await processes.startService();
    await openWithFunds(processes.api, 'kept', USD);
    assert.deepEqual(await service.end('SIGTERM'), { code: 0, signal: null });
  });

  it('is refused with another master key, and nothing is lost by the attempt', async () => {
    const words = await refusal({ PAYOUT_MASTER_KEY: randomBytes(32).toString('base64') });
    assert.match(words, /was made with master key [0-9a-f]{8}/);
    assert.match(words, /start it with the master key that it had before/);
    const service = await processes.startService();
    assert.equal((await callOnce(`${processes.api}/v1/accounts/kept`))?.status, 200);
    await service.end('SIGTERM');
  });

  it('is refused while another process works in it, which goes on', async () => {
    const service = await processes.startService();
    const ports = {
      PAYOUT_API_PORT: '0',
      PAYOUT_CALLBACK_PORT: '0',
      PAYOUT_OPERATOR_PORT: '0',
      PAYOUT_BUS_PORT: '0',
    };
    const words = await refusal(ports);
    assert.match(words, /is in use by process \d+/);
    assert.match(words, /stop that process, or choose another data folder/);
    assert.equal((await callOnce(`${processes.api}/v1/accounts/kept`))?.status, 200);
    await service.end('SIGTERM');
  });
});

describe('Ctrl-C', () => {
  it('ends it with 0 in seconds while payouts are under way, and the next start goes on with them', async () => {
    const service = await processes.startService();
    await openWithFunds(processes.api, 'busy', USD);
    const receivers = Array.from({ length: 12 }, (_, index) => `acc_busy_${index}`);
    await processes.script(
      ...receivers.map((beneficiary) => ({
        vendor: 'dvpay',
        beneficiary,
        outcome: 'success',
        settleAfterMs: 600,
        create: { delayMs: 500 },
      })),
    );
    const answers = await Promise.all(
      receivers.map((methodId, index) =>
        callUntilAnswered(`${processes.api}/v1/payouts`, {
          body: {
            accountId: 'busy',
            amount: '1.00',
            currency: 'USD',
            provider: 'dvpay',
            beneficiary: { kind: 'stored-method', methodId },
          },
          key: `busy-${index}`,
        }),
      ),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    // Somebody reads a reply that doesn't come, and the provider has got orders and hasn't answered.
    const waiting = callOnce(`${processes.bus}/bus/replies/nobody-asked?waitMs=30000`);
    await eventually(async () => (await processes.book()).text.includes('acc_busy_'));
    const asked = performance.now();
    assert.deepEqual(await service.end('SIGINT'), { code: 0, signal: null });
    assert.ok(performance.now() - asked < 8_000, 'it took too long');
    assert.doesNotMatch(service.stderr, /not cleanly|"alarm"/);
    await waiting;
    const next = await processes.startService();
    await eventually(async () => {
      const list = await callOnce(`${processes.api}/v1/payouts?accountId=busy&status=succeeded`);
      return (list?.body['items'] as readonly unknown[] | undefined)?.length === receivers.length;
    }, 20_000);
    await next.end('SIGINT');
  });

  it('ends it with 0 when nothing is under way', async () => {
    const service = await processes.startService();
    assert.deepEqual(await service.end('SIGINT'), { code: 0, signal: null });
  });
});

describe('what a person reads after the start', () => {
  it('has the addresses, and a first curl that works as it is written', async (t) => {
    const service = AppProcess.start('embedded', [], processes.environment);
    t.after(() => service.kill());
    await eventually(() => service.stdout.includes('Ctrl-C'), 15_000);
    const { stdout } = service;
    for (const address of [processes.api, processes.callbacks, processes.operators, processes.bus])
      assert.ok(stdout.includes(address), address);
    for (const provider of ['dvpay', 'goldenpay', 'cashy', 'revere', 'chainpay'])
      assert.ok(stdout.includes(provider));
    assert.ok(!stdout.includes(processes.masterKey));
    const { url, ...request } = curlIn(stdout);
    const response = await fetch(url, request);
    assert.equal(response.status, 201);
    assert.deepEqual(
      { ...((await response.json()) as Record<string, unknown>), position: undefined, links: undefined },
      { accountId: 'main', status: 'opened', position: undefined, links: undefined },
    );
    assert.equal((await callOnce(`${processes.api}/docs`))?.status, 200);
    await publishCommand(
      processes.bus,
      { type: 'Deposit', commandId: 'try-it', data: { accountId: 'main', amount: '1.00', currency: 'USD' } },
      { key: 'main', correlationId: 'try-it' },
    );
    const reply = await callOnce(`${processes.bus}/bus/replies/try-it?waitMs=5000`);
    assert.equal(reply?.body['outcome'], 'accepted');
    assert.deepEqual(await service.end('SIGINT'), { code: 0, signal: null });
  });
});

interface CurlCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Reads the one curl in a text as a shell and curl would; an option that isn't known here fails. */
function curlIn(text: string): CurlCall {
  const [, line = ''] = /^ *curl ((?:.*\\\n)*.*)$/m.exec(text) ?? [];
  const words = Array.from(
    line.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g),
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );
  const call = { url: '', method: 'GET', headers: {} as Record<string, string>, body: '' };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const value = (): string => words[(at += 1)] ?? '';
    if (word === '-sX') call.method = value();
    else if (word === '-d') call.body = value();
    else if (word === '-H') {
      const [name = '', content = ''] = value().split(': ');
      call.headers[name] = content;
    } else if (/^https?:/.test(word)) call.url = word;
    else assert.fail(`curl's ${word} is not known here`);
  }
  return call;
}

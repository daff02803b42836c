import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/eventually.js';
import { publishCommand, publishRaw, replyTo } from '../support/processes/bus-bridge.js';
import { ByteScan } from '../support/processes/byte-scan.js';
import { callOnce, callUntilAnswered } from '../support/processes/json-call.js';
import { LedgerProcesses } from '../support/processes/ledger-processes.js';
import { openMainAccounts } from '../support/processes/opened-accounts.js';
import { PAYOUT_ROUTES } from '../support/processes/payout-routes.js';
import { ScriptedHttpServer } from '../support/scripted-http-server.js';

/** Values that occur nowhere else; each is of the form that its field asks for. */
const CANARIES = {
  dvpayMethod: 'acc_canary_Q7xD2mRv81',
  revereMethod: 'c0ffee91-7a3d-4e21-9b64-5d0c7e88f1a2',
  failingMethod: 'acc_canary_F41l5pZk93',
  refusedMethod: 'acc_canary_R3fu5edW27',
  holder: 'CANARIA ZWETSCHKE VOGEL',
  accentedHolder: 'Zoë Müßiggang-Kanarienvögl',
  account: '970418836615527341',
  secondAccount: '641077394482615503',
  bankPhone: '+84907713366152',
  email: 'canary.vogel@zwetschke-mail.example',
  document: '43917755208864',
  walletPhone: '+573187726409',
  wallet: '0xcafe91d7e2b84f6035a9c1d8e7f60b2493ad5e71',
  description: 'Lohn für "Zwetschke" \\ Kanarienvogel 7731',
  payee: 'Piepmatz Federkleid 5520',
} as const;

/** The wallet's number as a provider is given it, without the country. */
const ALL = { ...CANARIES, walletNumber: CANARIES.walletPhone.slice('+57'.length) };

interface Order {
  readonly commandId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

function order(commandId: string, provider: string, beneficiary: object, more: object = {}): Order {
  const route = PAYOUT_ROUTES.find((one) => one.provider === provider);
  if (route === undefined) throw new Error(`no route for ${provider}`);
  const { accountId, amount, currency } = route;
  const { description } = CANARIES;
  return { commandId, data: { accountId, amount, currency, provider, beneficiary, description, ...more } };
}

const stored = (methodId: string): object => ({ kind: 'stored-method', methodId });
const BANK = {
  kind: 'bank-account',
  holderName: CANARIES.holder,
  accountNumber: CANARIES.account,
  bankCode: '970412',
  bankName: 'PVCOMBANK',
  phone: CANARIES.bankPhone,
  email: CANARIES.email,
};
const COLOMBIAN_BANK = {
  kind: 'bank-account',
  holderName: CANARIES.accentedHolder,
  accountNumber: CANARIES.secondAccount,
  bankCode: '1007',
  accountType: 'savings',
  document: { type: 'national-id', number: CANARIES.document },
};
const COLOMBIAN_WALLET = {
  kind: 'phone-wallet',
  holderName: CANARIES.holder,
  phone: CANARIES.walletPhone,
  operatorCode: '1551',
  document: { type: 'passport', number: CANARIES.document },
};
const CRYPTO = { kind: 'crypto-wallet', address: CANARIES.wallet };

/** Every way that a payout can take, with a word for the end that is expected. */
const ORDERS: readonly (Order & { readonly ends: string })[] = [
  { ...order('pays-dvpay', 'dvpay', stored(CANARIES.dvpayMethod)), ends: 'succeeded' },
  { ...order('fails-dvpay', 'dvpay', stored(CANARIES.failingMethod)), ends: 'failed' },
  { ...order('pays-goldenpay', 'goldenpay', BANK), ends: 'succeeded' },
  { ...order('pays-cashy-bank', 'cashy', COLOMBIAN_BANK), ends: 'succeeded' },
  { ...order('pays-cashy-wallet', 'cashy', COLOMBIAN_WALLET), ends: 'succeeded' },
  { ...order('parks-revere', 'revere', stored(CANARIES.revereMethod)), ends: 'parked' },
  { ...order('pays-chainpay', 'chainpay', CRYPTO), ends: 'succeeded' },
  { ...order('too-much', 'goldenpay', BANK, { accountId: 'poor' }), ends: 'rejected' },
  { ...order('no-account', 'cashy', COLOMBIAN_BANK, { accountId: 'nobody-opened-it' }), ends: 'rejected' },
  { ...order('wrong-kind', 'chainpay', BANK), ends: 'rejected' },
  { ...order('wrong-phone', 'cashy', { ...COLOMBIAN_WALLET, phone: CANARIES.bankPhone }), ends: 'rejected' },
];

/** Commands that are refused: what is wrong with them is next to personal data, or is personal data. */
const INVALID: Readonly<Record<string, unknown>> = {
  'extra-field': { ...order('', 'dvpay', stored(CANARIES.dvpayMethod)).data, nickname: CANARIES.payee },
  'wrong-payee': { ...order('', 'dvpay', stored(CANARIES.dvpayMethod)).data, payeeId: CANARIES.payee },
  'not-a-number': order('', 'goldenpay', { ...BANK, phone: `${CANARIES.bankPhone}x` }).data,
  'not-an-address': order('', 'goldenpay', { ...BANK, email: `${CANARIES.email} ` }).data,
  'too-long': order('', 'cashy', { ...COLOMBIAN_BANK, holderName: CANARIES.accentedHolder.repeat(9) }).data,
  'wrong-type': order('', 'cashy', { ...COLOMBIAN_BANK, document: CANARIES.document }).data,
  'wrong-kind': order('', 'dvpay', { ...BANK, kind: CANARIES.payee }).data,
  'wrong-provider': { ...order('', 'dvpay', BANK).data, provider: CANARIES.payee },
  'no-amount': { ...order('', 'dvpay', stored(CANARIES.dvpayMethod)).data, amount: undefined },
  'amount-of-words': { ...order('', 'goldenpay', BANK).data, amount: CANARIES.holder },
  'unknown-currency': { ...order('', 'goldenpay', BANK).data, currency: CANARIES.holder },
  'account-of-words': { ...order('', 'goldenpay', BANK).data, accountId: CANARIES.holder },
};

describe('personal data', () => {
  let processes: LedgerProcesses;
  let scan: ByteScan;
  const payoutIds = new Map<string, string>();

  before(async () => {
    scan = new ByteScan(ALL);
    processes = await LedgerProcesses.create();
    await processes.startSandbox();
    await processes.script(
      { vendor: 'dvpay', beneficiary: CANARIES.failingMethod, outcome: 'fail', settleAfterMs: 100 },
      {
        vendor: 'revere',
        beneficiary: CANARIES.revereMethod,
        outcome: 'success',
        create: { fault: 'no-answer-after-paying' },
      },
      {
        vendor: 'goldenpay',
        beneficiary: CANARIES.account,
        outcome: 'success',
        create: { fault: '500-after-paying' },
        callback: { duplicates: 2, reorder: { afterMs: 200, as: 'fail' } },
      },
    );
    await processes.startService();
    await openMainAccounts(processes.api);
    await callUntilAnswered(`${processes.api}/v1/accounts`, {
      body: { accountId: 'poor', currency: 'VND' },
      key: 'open-poor',
    });
  });
  after(() => processes.dispose());

  const readOut = async (name: string, path: string): Promise<string> => {
    const answer = await callUntilAnswered(path);
    scan.bytes(name, answer.text);
    return answer.text;
  };

  it('is in no answer, whatever becomes of a payout', async () => {
    for (const [index, { commandId, data }] of ORDERS.entries()) {
      if (index % 2 === 0) {
        const answer = await callUntilAnswered(`${processes.api}/v1/payouts`, { body: data, key: commandId });
        scan.bytes(`answer to ${commandId}`, answer.text);
        payoutIds.set(commandId, String(answer.body['payoutId']));
      } else {
        const address = { key: String(data['accountId']), correlationId: commandId };
        await publishCommand(processes.bus, { type: 'RequestPayout', commandId, data }, address);
        const reply = await replyTo(processes.bus, address, 10_000);
        assert.ok(reply !== undefined, commandId);
        scan.bytes(`reply to ${commandId}`, reply.text);
        payoutIds.set(commandId, String(reply.body['payoutId']));
      }
    }
    for (const { commandId, ends } of ORDERS) {
      const path = `${processes.api}/v1/payouts/${payoutIds.get(commandId) ?? ''}`;
      await eventually(async () => {
        const { status, parked } = (await callOnce(path))?.body ?? {};
        const isParked = parked !== undefined && parked !== null && parked !== false;
        return ends === 'parked' ? isParked : status === ends;
      }, 30_000);
      await readOut(`payout ${commandId}`, path);
    }
    assert.deepEqual(scan.leaks, []);
  });

  it('is in no refusal of what is invalid, over HTTP and on the bus, and in no parked message', async () => {
    const raw = JSON.stringify(order('', 'cashy', COLOMBIAN_BANK).data);
    for (const [name, data] of Object.entries(INVALID)) {
      const overHttp = await callUntilAnswered(`${processes.api}/v1/payouts`, {
        body: data,
        key: `http-${name}`,
      });
      assert.ok(overHttp.status === 400 || overHttp.status === 422, `${name}: ${overHttp.text}`);
      scan.bytes(`problem of ${name}`, overHttp.text);
      const address = { key: 'main-usd', correlationId: `bus-${name}` };
      await publishCommand(processes.bus, { type: 'RequestPayout', commandId: `bus-${name}`, data }, address);
      const reply = await replyTo(processes.bus, address, 10_000);
      assert.ok(
        ['refused', 'rejected'].includes(String(reply?.body['outcome'])),
        `${name}: ${reply?.text ?? ''}`,
      );
      scan.bytes(`reply to ${name}`, reply?.text ?? '');
    }
    for (const [name, text] of [
      ['not-json', raw.slice(0, -3)],
      ['bare-text', `"${CANARIES.holder}"`],
      ['list', `[${raw}]`],
    ] as const) {
      const body = await callUntilAnswered(`${processes.api}/v1/payouts`, { body: text, key: name });
      assert.equal(body.status, 400, body.text);
      scan.bytes(`problem of ${name}`, body.text);
      await publishRaw(processes.bus, text, { key: 'main-cop', correlationId: name });
      const reply = await replyTo(processes.bus, { correlationId: name }, 10_000);
      assert.ok(reply !== undefined, name);
      assert.equal(reply.body['outcome'], 'refused', name);
      scan.bytes(`reply to ${name}`, reply.text);
    }
    assert.deepEqual(scan.leaks, []);
  });

  it('is in no answer to a callback that is forged or makes no sense', async () => {
    const forged = { trans_id: 'x', account_no: CANARIES.account, account_name: CANARIES.holder, sign: 'no' };
    for (const provider of ['dvpay', 'goldenpay', 'cashy', 'chainpay', `revere/${processes.pathToken}`]) {
      for (const body of [forged, JSON.stringify(forged).slice(0, -4), `"${CANARIES.holder}"`]) {
        const answer = await callUntilAnswered(`${processes.callbacks}/${provider}`, { body });
        scan.bytes(`answer to ${provider}`, answer.text);
      }
    }
    assert.deepEqual(scan.leaks, []);
  });

  it('is in nothing that is made of what a provider says in its refusals', async () => {
    const vendor = await ScriptedHttpServer.start();
    try {
      // It gives back the whole order in its message, as vendors do.
      vendor.will((response, { body }) => {
        const message = `account ${CANARIES.refusedMethod} refused: ${body.toString('utf8')}`;
        const answer = {
          code: 422,
          status: message,
          message,
          error: message,
          error_message: message,
          data: null,
        };
        response.writeHead(422, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
      await processes.service.end('SIGTERM');
      const settings = processes.providerSettings();
      processes.writeProviders({ ...settings, dvpay: { ...settings['dvpay'], baseUrl: vendor.url } });
      await processes.startService();
      const { data } = order('refused-dvpay', 'dvpay', stored(CANARIES.refusedMethod));
      const answer = await callUntilAnswered(`${processes.api}/v1/payouts`, {
        body: data,
        key: 'refused-dvpay',
      });
      assert.equal(answer.status, 202, answer.text);
      const path = `${processes.api}/v1/payouts/${String(answer.body['payoutId'])}`;
      await eventually(() => vendor.arrivals.length > 0, 15_000);
      await eventually(
        async () => !/"status":"(requested|reserved|submitting)"/.test(await readOut('refused', path)),
      );
      await readOut('refused', path);
    } finally {
      await vendor.stop();
    }
    assert.deepEqual(scan.leaks, []);
  });

  it('is in no list, and in no topic that other services read', async () => {
    await readOut('list of payouts', `${processes.api}/v1/payouts?limit=100`);
    await readOut('list of accounts', `${processes.api}/v1/accounts`);
    for (const topic of ['payout.replies.v1', 'payout.events.v1']) {
      const page = await callUntilAnswered(`${processes.bus}/bus/topics/${topic}?limit=500`);
      const messages = page.body['messages'] as readonly { key: string; headers: object; value: string }[];
      assert.ok(messages.length >= ORDERS.length, `${topic} has ${messages.length} messages`);
      for (const { key, headers, value } of messages)
        scan.bytes(
          topic,
          `${key} ${JSON.stringify(headers)} ${Buffer.from(value, 'base64').toString('utf8')}`,
        );
    }
    assert.deepEqual(scan.leaks, []);
  });

  it('is in no file of the data folder and no line of the log, after a kill', async () => {
    await processes.service.kill();
    scan.folder(processes.data);
    assert.ok(scan.scanned.includes('ledger.db-wal') && scan.scanned.includes('keys.db'));
    scan.bytes('log', processes.log);
    assert.ok(processes.log.length > 1_000, 'nothing was logged');
    assert.deepEqual(scan.leaks, []);
  });

  it('is in none after a start that looks at all of it again, and a clean stop', async () => {
    await processes.startService();
    await eventually(async () => (await callOnce(`${processes.api}/health/ready`))?.status === 200);
    assert.deepEqual(await processes.service.end('SIGTERM'), { code: 0, signal: null });
    scan.folder(processes.data);
    scan.bytes('log', processes.log);
    assert.deepEqual(scan.leaks, []);
  });

  it('is found where it is: in what the provider was told', async () => {
    const control = new ByteScan(ALL);
    control.folder(`${processes.folder}/sandbox`);
    for (const canary of [
      'dvpayMethod',
      'revereMethod',
      'account',
      'secondAccount',
      'wallet',
      'walletNumber',
    ])
      assert.ok(
        control.leaks.some((leak) => leak.canary === canary),
        canary,
      );
    const forms = new ByteScan({ x: 'Zoë "x"' });
    for (const text of [
      'Wm/DqyAieCI=',
      'IFpvw6sgIngi',
      '5a6fc3ab20227822',
      'Zo\\u00eb \\"x\\"',
      'Zo%C3%AB%20%22x%22',
    ]) {
      forms.leaks.length = 0;
      forms.bytes('form', `..${text}..`);
      assert.ok(forms.leaks.length > 0, text);
    }
  });
});

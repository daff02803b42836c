import type { SandboxSettings } from './settings.js';

/**
 * What the sandbox uses when no `--settings` file says otherwise. Every credential here is invented: none of them
 * can open anything outside this program.
 *
 * [A] marks what the vendors' pages leave open.
 */
export const defaultSettings: SandboxSettings = {
  callbackBase: null,
  timeScale: 0.001,
  callbackTimeoutMs: 10_000,
  callbackConcurrency: 32,
  defaultBehaviour: { outcome: 'success', settleAfterMs: 200 },
  dvpay: {
    appId: 'sandbox-dvpay-app',
    apiKey: 'sandbox-dvpay-api-key',
    apiSecret: 'sandbox-dvpay-api-secret',
    webhookSecret: 'sandbox-dvpay-webhook-secret',
    authProfile: 'v1_3',
    timestampToleranceSeconds: 300,
    idempotencyWindowMs: 86_400_000,
    // The vendor's list of events has no payout.failed.
    failedCallback: false,
    // [A] How often and when a webhook is repeated is not said.
    retrySeconds: [60, 120, 240, 480, 960, 1920, 3840],
  },
  goldenpay: {
    mchId: 10001,
    token: 'sandbox-goldenpay-token',
    channels: ['mock', 'bank', 'momo', 'zalo', 'truemoney', 'gcash', 'grab', 'maya', 'phqr'],
    // [A] created_at and payed_at carry no offset.
    utcOffsetHours: 7,
    // Older revision of the vendor's page: every 30 s, stops after five failures.
    retrySeconds: [30, 30, 30, 30],
  },
  cashy: {
    merchantId: 1002001,
    apiKey: 'sandbox-cashy-api-key',
    fee: '5150.00',
    // Colombia time, by the vendor's overview.
    utcOffsetHours: -5,
    retrySeconds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((minutes) => minutes * 60),
    // [A] What a repeated number, an unknown order and an empty balance say is not on the page.
    duplicateMessage: 'MchOrderNo_repeat',
    notFoundMessage: 'Order_not_exist',
    noBalanceMessage: 'Balance_not_enough',
    // The part of the vendor's bank list that is public; the e-wallets take account type 1 only.
    bankIds: [
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 33,
      34, 35, 37, 38, 39, 40, 41,
    ],
    walletBankIds: [29, 33],
  },
  revere: {
    walletKey: 'sandbox-revere-wallet-key',
    reportingKey: 'sandbox-revere-reporting-key',
    groupId: 'sandbox-group',
    linkedAccountId: 'sandbox-linked-account',
    webhookId: 'sandbox-webhook',
    webhookPathToken: 'sandbox-revere-path-token',
    // The page's sample is `settled` at once; `pending` is the other value that its reporting page lists.
    createStatus: 'pending',
    // [A] Retries of webhooks are not said.
    retrySeconds: [60, 120, 240, 480, 960, 1920, 3840],
  },
  chainpay: {
    appId: 'app-sandbox-0001',
    merchantId: 2,
    merchantPublicKey: null,
    platformPrivateKey: null,
    // The page's sample; its table says pending, confirmed or failed. Not final either way.
    createStatus: 'success',
    // [A] No page about callbacks.
    retrySeconds: [60, 120, 240, 480, 960, 1920, 3840],
    currencies: [
      { channel: 'xpay', token: 'USD', currencyId: 'P575ItNeMxM6fy6zhbnrlezYlvQnHMLZ', decimal: 2 },
      { channel: 'xpay', token: 'USDT', currencyId: 'SANDBOX-USDT-XPAY', decimal: 6 },
      { channel: 'payway', token: 'USD', currencyId: 'USD', decimal: 2 },
      { channel: 'settlement', token: 'USDT', currencyId: 'SANDBOX-USDT-SETTLEMENT', decimal: 6 },
    ],
  },
};

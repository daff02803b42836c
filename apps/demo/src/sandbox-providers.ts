import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a sandbox is, and where it is to call back. */
export interface SandboxPlaces {
  /** `http://127.0.0.1:4010` */
  readonly url: string;
  /** The sandbox's data folder: it makes ChainPay's keys in there. */
  readonly folder: string;
  /** `http://127.0.0.1:3001/callbacks` */
  readonly callbackBase: string;
  /** Revere signs nothing: its callbacks are told by the last part of their path. */
  readonly pathToken: string;
}

/** The sandbox's invented credentials, as the service has to know them: `settings` of its providers file. */
export function sandboxProviders({ url, folder, callbackBase, pathToken }: SandboxPlaces) {
  const pem = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return {
    dvpay: {
      baseUrl: `${url}/dvpay`,
      authProfile: 'v1_3',
      appId: 'sandbox-dvpay-app',
      apiKey: 'sandbox-dvpay-api-key',
      webhookSecret: 'sandbox-dvpay-webhook-secret',
    },
    goldenpay: {
      baseUrl: `${url}/goldenpay`,
      merchantId: '10001',
      apiToken: 'sandbox-goldenpay-token',
      callbackUrl: `${callbackBase}/goldenpay`,
    },
    cashy: {
      baseUrl: `${url}/cashy`,
      merchantId: '1002001',
      apiKey: 'sandbox-cashy-api-key',
      callbackUrl: `${callbackBase}/cashy`,
    },
    revere: {
      baseUrl: `${url}/revere`,
      groupId: 'sandbox-group',
      linkedAccountId: 'sandbox-linked-account',
      walletKey: 'sandbox-revere-wallet-key',
      reportingKey: 'sandbox-revere-reporting-key',
      callbackToken: pathToken,
    },
    chainpay: {
      baseUrl: `${url}/chainpay`,
      appId: 'app-sandbox-0001',
      privateKey: pem('chainpay-merchant-private.pem'),
      platformPublicKey: pem('chainpay-platform-public.pem'),
      currencies: [
        { currency: 'USDT.ERC20', currencyId: 'SANDBOX-USDT-SETTLEMENT', payChannel: 'settlement' },
      ],
    },
  } as const;
}

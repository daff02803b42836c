import type { Behaviour } from './script.js';

export interface DvpaySettings {
  readonly appId: string;
  readonly apiKey: string;
  /** Key of the request signature of v1_4. */
  readonly apiSecret: string;
  readonly webhookSecret: string;
  readonly authProfile: 'v1_0' | 'v1_3' | 'v1_4';
  readonly timestampToleranceSeconds: number;
  readonly idempotencyWindowMs: number;
  /** Whether a failed payout is told by callback (`payout.failed`, an event that the vendor doesn't list). */
  readonly failedCallback: boolean;
  /** Waits between the attempts of one callback, in the vendor's seconds; there is one attempt more than waits. */
  readonly retrySeconds: readonly number[];
}

export interface GoldenpaySettings {
  readonly mchId: number;
  readonly token: string;
  /** Enabled payout channels. */
  readonly channels: readonly string[];
  readonly utcOffsetHours: number;
  readonly retrySeconds: readonly number[];
}

export interface CashySettings {
  readonly merchantId: number;
  readonly apiKey: string;
  /** Charged on top of each paid order, two decimals. */
  readonly fee: string;
  readonly utcOffsetHours: number;
  readonly retrySeconds: readonly number[];
  readonly duplicateMessage: string;
  readonly notFoundMessage: string;
  readonly noBalanceMessage: string;
  readonly bankIds: readonly number[];
  readonly walletBankIds: readonly number[];
}

export interface RevereSettings {
  readonly walletKey: string;
  readonly reportingKey: string;
  readonly groupId: string;
  readonly linkedAccountId: string;
  readonly webhookId: string;
  /** Last segment of the callback URL: `{callbackBase}/revere/{webhookPathToken}`. */
  readonly webhookPathToken: string;
  /** `settled` moves the money before the create request is answered. */
  readonly createStatus: 'pending' | 'settled';
  readonly retrySeconds: readonly number[];
}

export interface ChainpayCurrency {
  readonly channel: string;
  readonly token: string;
  readonly currencyId: string;
  readonly decimal: number;
}

export interface ChainpaySettings {
  readonly appId: string;
  readonly merchantId: number;
  /** PEM; null takes the pair that the sandbox makes in its data folder. */
  readonly merchantPublicKey: string | null;
  readonly platformPrivateKey: string | null;
  readonly createStatus: string;
  readonly retrySeconds: readonly number[];
  readonly currencies: readonly ChainpayCurrency[];
}

/** The whole configuration; a `--settings` file holds any part of it as JSON. */
export interface SandboxSettings {
  /** Where DVPay, Revere and ChainPay call back; null holds their callbacks until it is set. */
  readonly callbackBase: string | null;
  /** Multiplies the vendors' waits between callback attempts: 0.001 makes a minute 60 ms. Nothing else. */
  readonly timeScale: number;
  /** How long one callback attempt may take, in real milliseconds. */
  readonly callbackTimeoutMs: number;
  readonly callbackConcurrency: number;
  /** What happens to an order for which there is no script. */
  readonly defaultBehaviour: Pick<Behaviour, 'outcome' | 'settleAfterMs'>;
  readonly dvpay: DvpaySettings;
  readonly goldenpay: GoldenpaySettings;
  readonly cashy: CashySettings;
  readonly revere: RevereSettings;
  readonly chainpay: ChainpaySettings;
}

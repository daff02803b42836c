import type { Behaviour, CallbackState, Vendor } from '../script.js';

export type OrderState = 'processing' | 'success' | 'fail';

/** What a vendor writes down when it takes an order. Amounts are decimal text in major units of the currency. */
export interface NewOrder {
  readonly vendor: Vendor;
  /** The vendor's own number. */
  readonly orderId: string;
  readonly merchantReference: string | null;
  readonly idempotencyKey: string | null;
  readonly beneficiary: string;
  readonly amount: string;
  readonly currency: string;
  /** What the vendor charges on top when it pays. */
  readonly fee: string;
  /** Null where the vendor calls back to a URL of its settings. */
  readonly callbackUrl: string | null;
  /** What only this vendor's answers need. */
  readonly details: Readonly<Record<string, string>>;
}

export interface Order extends NewOrder {
  readonly seq: number;
  readonly state: OrderState;
  /** Whether money for it ever left, even if it came back. */
  readonly everPaid: boolean;
  readonly behaviour: Behaviour;
  readonly queryFaultsUsed: number;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly settledAt: number | null;
  readonly callbackAt: number | null;
}

/** Something that will happen to an order, kept on disk until it has. */
export interface Step {
  readonly id: number;
  readonly seq: number;
  readonly to: 'success' | 'fail';
}

export interface NewCallback {
  readonly seq: number;
  readonly state: CallbackState;
  readonly dueAt: number;
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Callback extends NewCallback {
  readonly id: number;
  readonly vendor: Vendor;
  readonly attempts: number;
}

export const VENDORS = ['dvpay', 'goldenpay', 'cashy', 'revere', 'chainpay'] as const;
export type Vendor = (typeof VENDORS)[number];

export const OUTCOMES = ['success', 'fail', 'pending-for-ever'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * What goes wrong with a create request. The `…-after-paying` ones take the order first (its money moves as the
 * outcome says), the `…-before` ones don't.
 */
export const CREATE_FAULTS = [
  /** The order is taken, then the connection is destroyed without an answer. */
  'no-answer-after-paying',
  /** The connection is destroyed; the order was never seen. */
  'drop-before',
  /** The order is taken; HTTP 500. */
  '500-after-paying',
  /** HTTP 500; the order was not taken. */
  '500-before',
  /** The order is taken; HTTP 200 with an HTML page. */
  'html-after-paying',
  /** A valid request is refused in the vendor's own words (no balance); the order was not taken. */
  'refuse',
  /** The order is taken; the connection stays open and silent until the caller gives up. */
  'timeout',
] as const;
export type CreateFault = (typeof CREATE_FAULTS)[number];

export const QUERY_FAULTS = ['not-found-for-ms', '500'] as const;
export type QueryFault = (typeof QUERY_FAULTS)[number];

export const CALLBACK_STATES = ['pending', 'success', 'fail'] as const;
export type CallbackState = (typeof CALLBACK_STATES)[number];

/** How one order is treated. All times are real milliseconds; none is scaled. */
export interface Behaviour {
  readonly outcome: Outcome;
  /** From taking the order to its outcome. */
  readonly settleAfterMs: number;
  readonly create?: {
    /** Wait before the answer (or the fault); the order is taken before the wait. */
    readonly delayMs?: number;
    readonly fault?: CreateFault;
    /** `delayMs` and `fault` hold for the first n create requests for this beneficiary. Default 1. */
    readonly times?: number;
  };
  readonly callback?: {
    /** Never call back for this order. */
    readonly skip?: boolean;
    /** So many identical copies on top of the first. */
    readonly duplicates?: number;
    /** Wait between the outcome and the first callback. */
    readonly delayMs?: number;
    /** A stale callback: correctly signed, so long after the first one, with this state instead of the order's. */
    readonly reorder?: { readonly afterMs: number; readonly as: CallbackState };
  };
  /** The outcome turns, so long after it was reached: money is paid or returned, and the vendor calls back again. */
  readonly turn?: { readonly afterMs: number; readonly to: 'success' | 'fail' };
  /** Vendor status shown instead of the documented one until the outcome is reached. */
  readonly unknownStatus?: string;
  readonly query?: {
    readonly fault: QueryFault;
    /** `not-found-for-ms`: so long after the order was taken, queries don't know it. */
    readonly ms?: number;
    /** `500`: the first n queries that concern this order. Default 1. */
    readonly times?: number;
  };
}

/** A behaviour for the orders to one beneficiary at one vendor, registered before the order comes. */
export interface Script extends Behaviour {
  readonly vendor: Vendor;
  /** account_id, account_no, accountNo, payment_method_id or receiver, exactly as in the order. */
  readonly beneficiary: string;
}

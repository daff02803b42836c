import type { Behaviour, CallbackState, Vendor } from '../script.js';
import type { Callback, Order, OrderState } from './order.js';

export interface OrderRow {
  seq: number;
  vendor: Vendor;
  order_id: string;
  merchant_reference: string | null;
  idempotency_key: string | null;
  beneficiary: string;
  amount: string;
  currency: string;
  fee: string;
  callback_url: string | null;
  details: string;
  behaviour: string;
  state: OrderState;
  ever_paid: number;
  query_faults_used: number;
  created_at: number;
  settled_at: number | null;
  callback_at: number | null;
}

export interface CallbackRow {
  id: number;
  seq: number;
  vendor: Vendor;
  state: CallbackState;
  url: string | null;
  headers: string;
  body: string;
  due_at: number;
  attempts: number;
}

export function orderOf(row: OrderRow): Order {
  return {
    seq: row.seq,
    vendor: row.vendor,
    orderId: row.order_id,
    merchantReference: row.merchant_reference,
    idempotencyKey: row.idempotency_key,
    beneficiary: row.beneficiary,
    amount: row.amount,
    currency: row.currency,
    fee: row.fee,
    callbackUrl: row.callback_url,
    details: JSON.parse(row.details) as Record<string, string>,
    behaviour: JSON.parse(row.behaviour) as Behaviour,
    state: row.state,
    everPaid: row.ever_paid === 1,
    queryFaultsUsed: row.query_faults_used,
    createdAt: row.created_at,
    settledAt: row.settled_at,
    callbackAt: row.callback_at,
  };
}

export function callbackOf(row: CallbackRow): Callback {
  return {
    id: row.id,
    seq: row.seq,
    vendor: row.vendor,
    state: row.state,
    url: row.url,
    headers: JSON.parse(row.headers) as Record<string, string>,
    body: row.body,
    dueAt: row.due_at,
    attempts: row.attempts,
  };
}

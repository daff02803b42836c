import type { Database } from 'better-sqlite3';
import { balanceOf } from '../decimal.js';
import type { OrderState } from './order.js';

export interface BookReport {
  readonly orders: readonly ReportedOrder[];
  readonly movements: readonly ReportedMovement[];
  /** Create requests that reached the wire, also those that were refused or dropped. */
  readonly arrivals: readonly { vendor: string; beneficiary: string; creates: number }[];
  readonly arrivalsByVendor: Readonly<Record<string, number>>;
  readonly callbacks: readonly ReportedCallback[];
}

export interface ReportedOrder {
  readonly vendor: string;
  readonly orderId: string;
  readonly merchantReference: string | null;
  readonly idempotencyKey: string | null;
  readonly beneficiary: string;
  readonly amount: string;
  readonly currency: string;
  readonly fee: string;
  readonly status: OrderState;
  readonly createdAt: string;
  readonly settledAt: string | null;
  /** How often money left for this order. */
  readonly timesPaid: number;
  readonly timesReturned: number;
  /** Paid minus returned, without fees. */
  readonly netPaid: string;
  readonly netFee: string;
}

export interface ReportedMovement {
  readonly id: number;
  readonly vendor: string;
  readonly orderId: string;
  readonly kind: 'paid' | 'returned';
  readonly amount: string;
  readonly fee: string;
  readonly currency: string;
  readonly at: string;
}

export interface ReportedCallback {
  readonly vendor: string;
  readonly orderId: string;
  readonly state: string;
  readonly attempts: number;
  readonly outcome: 'waiting' | 'acknowledged' | 'given-up';
  readonly lastAnswer: string | null;
}

interface MovementRow extends Omit<ReportedMovement, 'at'> {
  readonly seq: number;
  readonly at: number;
}

type OrderRow = Omit<
  ReportedOrder,
  'createdAt' | 'settledAt' | 'timesPaid' | 'timesReturned' | 'netPaid' | 'netFee'
> & { readonly seq: number; readonly createdAt: number; readonly settledAt: number | null };

/** Everything that is in the book, as one consistent picture. */
export function bookReport(db: Database): BookReport {
  return db.transaction(() => {
    const movements = db
      .prepare(
        `SELECT m.id, m.seq, o.vendor, o.order_id AS orderId, m.kind, m.amount, m.fee, o.currency, m.at
         FROM movements m JOIN orders o ON o.seq = m.seq ORDER BY m.id`,
      )
      .all() as MovementRow[];
    const orders = db
      .prepare(
        `SELECT seq, vendor, order_id AS orderId, merchant_reference AS merchantReference,
           idempotency_key AS idempotencyKey, beneficiary, amount, currency, fee, state AS status,
           created_at AS createdAt, settled_at AS settledAt FROM orders ORDER BY seq`,
      )
      .all() as OrderRow[];
    const byOrder = Map.groupBy(movements, (movement) => movement.seq);
    const arrivals = db
      .prepare('SELECT vendor, beneficiary, creates FROM arrivals ORDER BY vendor, beneficiary')
      .all() as { vendor: string; beneficiary: string; creates: number }[];
    const arrivalsByVendor: Record<string, number> = {};
    for (const { vendor, creates } of arrivals)
      arrivalsByVendor[vendor] = (arrivalsByVendor[vendor] ?? 0) + creates;
    const callbacks = db
      .prepare(
        `SELECT o.vendor, o.order_id AS orderId, c.state, c.attempts, c.outcome, c.last_answer AS lastAnswer
         FROM callbacks c JOIN orders o ON o.seq = c.seq ORDER BY c.id`,
      )
      .all() as ReportedCallback[];
    return {
      orders: orders.map((order) => reportedOrder(order, byOrder.get(order.seq) ?? [])),
      movements: movements.map(({ seq: _seq, at, ...movement }) => ({ ...movement, at: iso(at) })),
      arrivals,
      arrivalsByVendor,
      callbacks,
    };
  })();
}

function reportedOrder(row: OrderRow, movements: readonly MovementRow[]): ReportedOrder {
  const { seq: _seq, createdAt, settledAt, ...order } = row;
  const paid = movements.filter((movement) => movement.kind === 'paid');
  const returned = movements.filter((movement) => movement.kind === 'returned');
  const texts = (list: readonly MovementRow[], field: 'amount' | 'fee') =>
    list.map((movement) => movement[field]);
  return {
    ...order,
    createdAt: iso(createdAt),
    settledAt: settledAt === null ? null : iso(settledAt),
    timesPaid: paid.length,
    timesReturned: returned.length,
    netPaid: balanceOf(texts(paid, 'amount'), texts(returned, 'amount')),
    netFee: balanceOf(texts(paid, 'fee'), texts(returned, 'fee')),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { LedgerEvent } from '#client/event-follower';

/** An order of a marketplace whose seller is to be paid. */
export interface Order {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly seller: {
    readonly id: string;
    readonly name: string;
    readonly bank: string;
    readonly bankName: string;
    readonly account: string;
  };
}

/** What the marketplace knows of one payment. */
export interface SellerPayment {
  readonly order: Order;
  readonly payoutId: string;
  /** `asked`: written down, and not known to be taken. The others are the ledger's. */
  readonly status: 'asked' | 'refused' | LedgerEvent['data']['status'];
  readonly reason?: string;
  /** Place of the newest event that this row has seen, as decimal text. */
  readonly revision?: string;
}

/** The marketplace's own table, one row for each order. Here it is a small file; a real service has a database. */
export class PaymentsFile {
  readonly #rows: Map<string, SellerPayment>;

  constructor(private readonly path: string) {
    const rows = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SellerPayment[]) : [];
    this.#rows = new Map(rows.map((row) => [row.order.id, row]));
  }

  all(): readonly SellerPayment[] {
    return [...this.#rows.values()];
  }

  of(orderId: string): SellerPayment | undefined {
    return this.#rows.get(orderId);
  }

  /** It is in the file when this returns. */
  save(row: SellerPayment): SellerPayment {
    this.#rows.set(row.order.id, row);
    writeFileSync(`${this.path}.new`, JSON.stringify(this.all()), { flush: true });
    renameSync(`${this.path}.new`, this.path);
    return row;
  }
}

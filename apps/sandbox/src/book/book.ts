import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Behaviour, Script, Vendor } from '../script.js';
import { GroupCommit } from './group-commit.js';
import { callbackOf, orderOf, type CallbackRow, type OrderRow } from './order-row.js';
import type { Callback, NewCallback, NewOrder, Order, OrderState, Step } from './order.js';
import { schema } from './schema.js';

/** A script with how often it has already been used by create requests. */
export interface ScriptInUse {
  readonly script: Script;
  readonly createsSeen: number;
}

/**
 * The vendors' durable book: what was ordered and what money moved. Every method that writes runs inside
 * `write(...)`, whose promise resolves when it is flushed to the disk; no answer leaves before.
 */
export class Book {
  readonly db: Database.Database;
  private readonly groups: GroupCommit;
  private readonly statements = new Map<string, Database.Statement>();

  constructor(folder: string) {
    this.db = new Database(join(folder, 'sandbox-book.sqlite'));
    this.db.pragma('journal_mode = WAL');
    this.db.pragma('synchronous = FULL');
    this.db.pragma('foreign_keys = ON');
    this.db.exec(schema);
    this.groups = new GroupCommit(this.db);
  }

  /** Runs a synchronous job in a transaction that it may share with others. */
  write<R>(job: () => R): Promise<R> {
    return this.groups.write(job);
  }

  close(): void {
    this.db.close();
  }

  takeOrder(order: NewOrder, behaviour: Behaviour, now: number): Order {
    const { lastInsertRowid } = this.sql(
      `INSERT INTO orders (vendor, order_id, merchant_reference, idempotency_key, beneficiary, amount, currency, fee,
         callback_url, details, behaviour, state, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'processing', ?)`,
    ).run(
      order.vendor,
      order.orderId,
      order.merchantReference,
      order.idempotencyKey,
      order.beneficiary,
      order.amount,
      order.currency,
      order.fee,
      order.callbackUrl,
      JSON.stringify(order.details),
      JSON.stringify(behaviour),
      now,
    );
    return this.order(Number(lastInsertRowid));
  }

  order(seq: number): Order {
    const row = this.sql('SELECT * FROM orders WHERE seq = ?').get(seq) as OrderRow | undefined;
    if (row === undefined) throw new Error(`the book has no order ${seq}`);
    return orderOf(row);
  }

  byOrderId(vendor: Vendor, orderId: string): Order | null {
    return this.oneOrder('SELECT * FROM orders WHERE vendor = ? AND order_id = ?', vendor, orderId);
  }

  byReference(vendor: Vendor, reference: string): Order | null {
    return this.oneOrder(
      'SELECT * FROM orders WHERE vendor = ? AND merchant_reference = ?',
      vendor,
      reference,
    );
  }

  /** The youngest order under this idempotency key that was taken after `since`. */
  byIdempotencyKey(vendor: Vendor, key: string, since: number): Order | null {
    return this.oneOrder(
      'SELECT * FROM orders WHERE vendor = ? AND idempotency_key = ? AND created_at > ? ORDER BY seq DESC LIMIT 1',
      vendor,
      key,
      since,
    );
  }

  /** Orders of one vendor taken between two times (both included), oldest first. */
  between(vendor: Vendor, from: number, to: number): readonly Order[] {
    const sql = 'SELECT * FROM orders WHERE vendor = ? AND created_at BETWEEN ? AND ? ORDER BY seq';
    return (this.sql(sql).all(vendor, from, to) as OrderRow[]).map(orderOf);
  }

  /** Writes the order's new state and the money that moves with it. */
  settle(order: Order, to: 'success' | 'fail', now: number): Order {
    const before: OrderState = order.state;
    if (before === to) return order;
    if (to === 'success') this.move(order, 'paid', now);
    if (to === 'fail' && before === 'success') this.move(order, 'returned', now);
    this.sql('UPDATE orders SET state = ?, settled_at = ?, ever_paid = max(ever_paid, ?) WHERE seq = ?').run(
      to,
      now,
      to === 'success' ? 1 : 0,
      order.seq,
    );
    return this.order(order.seq);
  }

  planStep(seq: number, to: 'success' | 'fail', dueAt: number): void {
    this.sql('INSERT INTO steps (seq, target, due_at) VALUES (?, ?, ?)').run(seq, to, dueAt);
  }

  /** Takes the steps that are due off the list; the caller carries them out in the same transaction. */
  takeDueSteps(now: number, limit: number): readonly Step[] {
    const rows = this.sql(
      'SELECT id, seq, target FROM steps WHERE due_at <= ? ORDER BY due_at, id LIMIT ?',
    ).all(now, limit) as { id: number; seq: number; target: 'success' | 'fail' }[];
    for (const row of rows) this.sql('DELETE FROM steps WHERE id = ?').run(row.id);
    return rows.map(({ id, seq, target }) => ({ id, seq, to: target }));
  }

  planCallback(callback: NewCallback): void {
    this.sql('INSERT INTO callbacks (seq, state, url, headers, body, due_at) VALUES (?, ?, ?, ?, ?, ?)').run(
      callback.seq,
      callback.state,
      callback.url,
      JSON.stringify(callback.headers),
      callback.body,
      callback.dueAt,
    );
  }

  /** Callbacks whose time has come; those without an address of their own only when `withoutUrl` is set. */
  dueCallbacks(now: number, withoutUrl: boolean, limit: number): readonly Callback[] {
    const rows = this.sql(
      `SELECT c.*, o.vendor FROM callbacks c JOIN orders o ON o.seq = c.seq
       WHERE c.outcome = 'waiting' AND c.due_at <= ? AND (c.url IS NOT NULL OR ?) ORDER BY c.due_at, c.id LIMIT ?`,
    ).all(now, withoutUrl ? 1 : 0, limit) as CallbackRow[];
    return rows.map(callbackOf);
  }

  /** When the next outcome or turn is due, or null. */
  nextStepAt(): number | null {
    return (this.sql('SELECT min(due_at) AS at FROM steps').get() as { at: number | null }).at;
  }

  /** When the next callback is due, or null. */
  nextCallbackAt(withoutUrl: boolean, excluded: readonly number[]): number | null {
    const row = this.sql(
      `SELECT min(due_at) AS at FROM callbacks WHERE outcome = 'waiting' AND (url IS NOT NULL OR ?)
         AND id NOT IN (SELECT value FROM json_each(?))`,
    ).get(withoutUrl ? 1 : 0, JSON.stringify(excluded)) as { at: number | null };
    return row.at;
  }

  callbackAcknowledged(callback: Callback, answer: string, now: number): void {
    this.sql(
      "UPDATE callbacks SET outcome = 'acknowledged', attempts = attempts + 1, last_answer = ?, due_at = NULL WHERE id = ?",
    ).run(answer, callback.id);
    this.sql('UPDATE orders SET callback_at = ? WHERE seq = ?').run(now, callback.seq);
  }

  /** `retryAt` null: this was the last attempt. */
  callbackFailed(callback: Callback, answer: string, retryAt: number | null): void {
    this.sql(
      `UPDATE callbacks SET attempts = attempts + 1, last_answer = ?, due_at = ?,
         outcome = iif(? IS NULL, 'given-up', 'waiting') WHERE id = ?`,
    ).run(answer, retryAt, retryAt, callback.id);
  }

  registerScript(script: Script): void {
    this.sql(
      `INSERT INTO scripts (vendor, beneficiary, script) VALUES (?, ?, ?)
       ON CONFLICT (vendor, beneficiary) DO UPDATE SET script = excluded.script, creates_seen = 0`,
    ).run(script.vendor, script.beneficiary, JSON.stringify(script));
  }

  /** The script for this beneficiary; counts one create request against it. */
  useScript(vendor: Vendor, beneficiary: string): ScriptInUse | null {
    const row = this.sql(
      `UPDATE scripts SET creates_seen = creates_seen + 1 WHERE vendor = ? AND beneficiary = ?
       RETURNING script, creates_seen`,
    ).get(vendor, beneficiary) as { script: string; creates_seen: number } | undefined;
    return row === undefined
      ? null
      : { script: JSON.parse(row.script) as Script, createsSeen: row.creates_seen };
  }

  countArrival(vendor: Vendor, beneficiary: string): void {
    this.sql(
      `INSERT INTO arrivals (vendor, beneficiary, creates) VALUES (?, ?, 1)
       ON CONFLICT (vendor, beneficiary) DO UPDATE SET creates = creates + 1`,
    ).run(vendor, beneficiary);
  }

  countQueryFault(seq: number): void {
    this.sql('UPDATE orders SET query_faults_used = query_faults_used + 1 WHERE seq = ?').run(seq);
  }

  runtimeSetting(name: string): string | null {
    const row = this.sql('SELECT value FROM runtime_settings WHERE name = ?').get(name) as
      { value: string } | undefined;
    return row?.value ?? null;
  }

  setRuntimeSetting(name: string, value: string): void {
    this.sql(
      'INSERT INTO runtime_settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ).run(name, value);
  }

  private move(order: Order, kind: 'paid' | 'returned', now: number): void {
    this.sql('INSERT INTO movements (seq, kind, amount, fee, at) VALUES (?, ?, ?, ?, ?)').run(
      order.seq,
      kind,
      order.amount,
      order.fee,
      now,
    );
  }

  private oneOrder(sql: string, ...values: readonly (string | number)[]): Order | null {
    const row = this.sql(sql).get(...values) as OrderRow | undefined;
    return row === undefined ? null : orderOf(row);
  }

  private sql(text: string): Database.Statement {
    const known = this.statements.get(text);
    if (known !== undefined) return known;
    const statement = this.db.prepare(text);
    this.statements.set(text, statement);
    return statement;
  }
}

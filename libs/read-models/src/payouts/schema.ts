import type { ModelSchema } from '../database.js';

export const PAYOUTS = 'payouts';

export const payoutsSchema: ModelSchema = {
  model: PAYOUTS,
  version: 1,
  drop: (build) => [build.schema.dropTable('payouts').ifExists().compile()],
  create: (build) => [
    build.schema
      .createTable('payouts')
      .addColumn('payout_id', 'text', (column) => column.primaryKey())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('provider', 'text', (column) => column.notNull())
      .addColumn('currency', 'text', (column) => column.notNull())
      .addColumn('amount', 'text', (column) => column.notNull())
      .addColumn('amount_minor', 'text', (column) => column.notNull())
      .addColumn('payee_id', 'text', (column) => column.notNull())
      .addColumn('beneficiary_kind', 'text', (column) => column.notNull())
      .addColumn('caller', 'text', (column) => column.notNull())
      .addColumn('command_id', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('parked_reason', 'text')
      .addColumn('parked_detail', 'text')
      .addColumn('reversed_count', 'integer', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('detail', 'text')
      .addColumn('raw_status', 'text')
      .addColumn('attempt', 'integer')
      .addColumn('reference', 'text')
      .addColumn('order_id', 'text')
      .addColumn('paid', 'text')
      .addColumn('paid_minor', 'text')
      .addColumn('fee', 'text')
      .addColumn('fee_minor', 'text')
      .addColumn('requested_at', 'text', (column) => column.notNull())
      .addColumn('updated_at', 'text', (column) => column.notNull())
      .addColumn('opened_key', 'text', (column) => column.notNull())
      .addColumn('position', 'text', (column) => column.notNull())
      .addColumn('revision', 'text', (column) => column.notNull())
      .compile(),
    // Pages are read newest first, of all payouts, of one account or of one status.
    build.schema.createIndex('payouts_by_age').unique().on('payouts').column('opened_key').compile(),
    build.schema
      .createIndex('payouts_by_account')
      .on('payouts')
      .columns(['account_id', 'opened_key'])
      .compile(),
    build.schema.createIndex('payouts_by_status').on('payouts').columns(['status', 'opened_key']).compile(),
    // What waits for a person is little, and looked for often.
    build.schema
      .createIndex('payouts_parked')
      .on('payouts')
      .column('opened_key')
      .where('parked_reason' as never, 'is not', null)
      .compile(),
  ],
};

import type { ModelSchema } from '../database.js';

export const ACCOUNTS = 'accounts';

export const accountsSchema: ModelSchema = {
  model: ACCOUNTS,
  version: 1,
  drop: (build) =>
    (['accounts', 'account_balances', 'account_instructions'] as const).map((table) =>
      build.schema.dropTable(table).ifExists().compile(),
    ),
  create: (build) => [
    build.schema
      .createTable('accounts')
      .addColumn('account_id', 'text', (column) => column.primaryKey())
      .addColumn('currency', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('caller', 'text', (column) => column.notNull())
      .addColumn('command_id', 'text', (column) => column.notNull())
      .addColumn('opened_at', 'text', (column) => column.notNull())
      .addColumn('updated_at', 'text', (column) => column.notNull())
      .addColumn('opened_key', 'text', (column) => column.notNull())
      .addColumn('position', 'text', (column) => column.notNull())
      .addColumn('revision', 'text', (column) => column.notNull())
      .compile(),
    build.schema.createIndex('accounts_by_age').unique().on('accounts').column('opened_key').compile(),
    build.schema
      .createTable('account_balances')
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('book', 'text', (column) => column.notNull())
      .addColumn('currency', 'text', (column) => column.notNull())
      .addColumn('amount', 'text', (column) => column.notNull())
      .addColumn('amount_minor', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('account_balances_pk', ['account_id', 'book'])
      .compile(),
    build.schema
      .createTable('account_instructions')
      .addColumn('instruction_id', 'text', (column) => column.primaryKey())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('currency', 'text')
      .addColumn('amount', 'text')
      .addColumn('amount_minor', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('caller', 'text', (column) => column.notNull())
      .addColumn('command_id', 'text', (column) => column.notNull())
      .addColumn('given_at', 'text', (column) => column.notNull())
      .addColumn('updated_at', 'text', (column) => column.notNull())
      .addColumn('position', 'text', (column) => column.notNull())
      .compile(),
  ],
};

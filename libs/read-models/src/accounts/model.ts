import type { ReadModelDatabase, Statement } from '../database.js';
import { UnprojectableEventError, type ProjectedEvent, type ReadModel } from '../read-model.js';
import { upsert } from '../upsert.js';
import { balanceRows, loadAccounts, loadInstructions } from './loading.js';
import {
  ACCOUNT_TYPES,
  concernsAccount,
  concernsInstruction,
  INSTRUCTION_TYPES,
  instructionOf,
  newInstruction,
  projectAccount,
  projectInstruction,
} from './projector.js';
import type { InstructionRow } from './row.js';
import { accountsSchema } from './schema.js';

export const accountsModel: ReadModel = {
  schema: accountsSchema,
  concerns: new Set([...ACCOUNT_TYPES, ...INSTRUCTION_TYPES]),
  project: projectBatch,
};

async function projectBatch(
  database: ReadModelDatabase,
  events: readonly ProjectedEvent[],
): Promise<readonly Statement[]> {
  const touched = touchedBy(events);
  const accountsBefore = await loadAccounts(database, touched.accounts);
  const instructionsBefore = await loadInstructions(database, touched.instructions);
  const accounts = new Map(accountsBefore);
  const instructions = new Map(instructionsBefore);
  for (const projected of events) {
    const { event } = projected;
    if (concernsInstruction(event)) {
      take(instructions, projected, newInstruction(projected, event));
    } else if (concernsAccount(event)) {
      const { accountId } = event.data;
      accounts.set(accountId, projectAccount(accounts.get(accountId), projected, event));
      const id = instructionOf(event);
      if (id !== undefined) instructions.set(id, projectInstruction(instructions.get(id), projected, event));
    }
  }
  const { build } = database;
  const statements: Statement[] = [];
  for (const [id, account] of accounts) {
    const before = accountsBefore.get(id);
    if (before === account) continue;
    statements.push(upsert(build, 'accounts', ['account_id'], account.row));
    for (const row of balanceRows(account, before)) {
      statements.push(upsert(build, 'account_balances', ['account_id', 'book'], row));
    }
  }
  for (const [id, row] of instructions) {
    if (instructionsBefore.get(id) !== row)
      statements.push(upsert(build, 'account_instructions', ['instruction_id'], row));
  }
  return statements;
}

function take(
  instructions: Map<string, InstructionRow>,
  projected: ProjectedEvent,
  row: InstructionRow,
): void {
  if (instructions.has(row.instruction_id))
    throw new UnprojectableEventError(projected, 'its instruction has a row already');
  instructions.set(row.instruction_id, row);
}

function touchedBy(events: readonly ProjectedEvent[]) {
  const accounts = new Set<string>();
  const instructions = new Set<string>();
  for (const { event } of events) {
    if (concernsInstruction(event)) {
      instructions.add(event.data.instructionId);
    } else if (concernsAccount(event)) {
      accounts.add(event.data.accountId);
      const id = instructionOf(event);
      if (id !== undefined) instructions.add(id);
    }
  }
  return { accounts, instructions };
}

import { SqliteReadModels } from '#test/support/read-models/sqlite-subject';
import { describeReadModelDatabaseContract } from './read-model-database.contract.js';

describeReadModelDatabaseContract('SQLite', async () => new SqliteReadModels());

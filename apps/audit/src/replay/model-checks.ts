import { AccountsCheck } from './accounts-check.js';
import type { MakeModelCheck } from './model-check.js';
import { PayoutsCheck } from './payouts-check.js';
import { TimelineCheck } from './timeline-check.js';

/** One per read model; a new read model gets its check here. */
export const MODEL_CHECKS: readonly MakeModelCheck[] = [
  (database) => new PayoutsCheck(database),
  (database) => new TimelineCheck(database),
  (database) => new AccountsCheck(database),
];

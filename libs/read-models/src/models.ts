import { accountsModel } from './accounts/model.js';
import { payoutTimelineModel } from './payout-timeline/model.js';
import { payoutsModel } from './payouts/model.js';
import type { ReadModel } from './read-model.js';

/** Every read model. A new one is added here and to `tables.ts`. */
export const READ_MODELS: readonly ReadModel[] = [payoutsModel, payoutTimelineModel, accountsModel];

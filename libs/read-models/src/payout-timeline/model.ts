import type { ModelSchema } from '../database.js';
import type { ReadModel } from '../read-model.js';
import { upsert } from '../upsert.js';
import { concernsTimeline, projectTimeline, TIMELINE_TYPES } from './projector.js';

export const PAYOUT_TIMELINE = 'payout-timeline';

export const payoutTimelineSchema: ModelSchema = {
  model: PAYOUT_TIMELINE,
  version: 1,
  drop: (build) => [build.schema.dropTable('payout_timeline').ifExists().compile()],
  create: (build) => [
    build.schema
      .createTable('payout_timeline')
      .addColumn('payout_id', 'text', (column) => column.notNull())
      .addColumn('position_key', 'text', (column) => column.notNull())
      .addColumn('position', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .addColumn('summary', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('payout_timeline_pk', ['payout_id', 'position_key'])
      .compile(),
  ],
};

export const payoutTimelineModel: ReadModel = {
  schema: payoutTimelineSchema,
  concerns: TIMELINE_TYPES,
  project: async (database, events) =>
    events.flatMap((projected) =>
      concernsTimeline(projected.event)
        ? [
            upsert(
              database.build,
              'payout_timeline',
              ['payout_id', 'position_key'],
              projectTimeline(projected, projected.event),
            ),
          ]
        : [],
    ),
};

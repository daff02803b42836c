import { EVENTSTORE_SETTINGS } from '#event-store/eventstoredb/settings';
import type { Config } from '#platform/config/read-config';
import { DATABASE_SETTINGS } from '#platform/postgres/settings';
import { SERVICE_SETTINGS } from '#platform/service/service-settings';

/** Every variable that `projection` reads. */
export const PROJECTION_SCHEMA = {
  ...EVENTSTORE_SETTINGS,
  ...DATABASE_SETTINGS,
  ...SERVICE_SETTINGS,
};

export type ProjectionConfig = Config<typeof PROJECTION_SCHEMA>;

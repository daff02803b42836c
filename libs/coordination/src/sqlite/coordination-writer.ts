/** What a `SqliteFile` needs to be opened with to hold checkpoints, follow-ups and held messages. */
export const COORDINATION_WRITER = new URL('./writer.js', import.meta.url);

/** The writer module's name. */
export const COORDINATION = 'coordination';

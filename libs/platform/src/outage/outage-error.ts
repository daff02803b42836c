/**
 * An engine (log, bus, database) can't be used now, or didn't say what became of a request. What was asked for isn't to
 * blame: the same again, later, is right, however long that takes.
 */
export abstract class OutageError extends Error {}

import { UnreadableEventError, type JsonObject } from './fields.js';

/** Raises the data of one version to the next one. Pure; it may only use what the event itself says. */
export type Upcaster = (data: JsonObject) => JsonObject;

/**
 * By event type: the upcaster at index 0 raises version 1 to version 2, and so on. Changing a stored event means: a new
 * version in `stored-event.ts`, an upcaster here, and a new golden file; the old golden file stays for ever.
 */
export const UPCASTERS: Readonly<Record<string, readonly Upcaster[]>> = {};

/** Raises data step by step. Throws `UnreadableEventError` for a version that nobody ever wrote. */
export function upcast(
  type: string,
  from: number,
  to: number,
  data: JsonObject,
  upcasters: Readonly<Record<string, readonly Upcaster[]>> = UPCASTERS,
): JsonObject {
  if (!Number.isInteger(from) || from < 1 || from > to) {
    throw new UnreadableEventError(`${type}: version ${from} is unknown, this program reads 1 to ${to}`);
  }
  let raised = data;
  for (let version = from; version < to; version += 1) {
    const step = upcasters[type]?.[version - 1];
    if (step === undefined)
      throw new UnreadableEventError(`${type}: nothing raises version ${version} to ${version + 1}`);
    raised = step(raised);
  }
  return raised;
}

import { readAsOf, type AsOf } from '../balance/as-of.js';
import { wrongField } from './audit-problems.js';

/** An id in the address, read by the domain. Throws an `AuditProblem` when it isn't of its form. */
export function readId<T extends string>(field: string, text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw wrongField(field, error.message);
  }
}

/** `asOf`, once at most; a parameter that isn't known is refused: it would otherwise be an answer about now. */
export function readMoment(query: Readonly<Record<string, string | readonly string[]>>): AsOf | undefined {
  const { asOf, ...others } = query;
  const [other] = Object.keys(others);
  if (other !== undefined) throw wrongField(other, 'is not known: leave it out, or write asOf');
  if (asOf === undefined) return undefined;
  const moment = typeof asOf === 'string' ? readAsOf(asOf) : undefined;
  if (moment === undefined)
    throw wrongField(
      'asOf',
      'must be, once, an RFC 3339 time with its offset or Z (a + written as %2B), or a log position',
    );
  return moment;
}

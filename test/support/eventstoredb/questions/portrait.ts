/** Positions may differ between two honest servers, and hold these names wherever the client gives them. */
const POSITIONS: ReadonlySet<string> = new Set([
  'commit',
  'prepare',
  'commitPosition',
  'preparePosition',
  'metastreamRevision',
]);

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

interface Appended {
  readonly success: boolean;
  readonly nextExpectedRevision: bigint;
  readonly position?: unknown;
}

/**
 * An answer as it can be compared and stored. What differs from run to run becomes a token, numbered by first appearance
 * within the answer, so that "the same position again" still shows: ids `id1`, positions `at1`, times `T`, the run `RUN`.
 * Revisions become text. An append's success is `{ revision, at }`, an error `{ refused, … }`.
 */
export function portrait(answer: unknown, run: string): unknown {
  const tokens = new Map<string, string>();
  const counts = new Map<string, number>();
  const token = (kind: string, value: string): string => {
    const known = tokens.get(kind + value);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    tokens.set(kind + value, `${kind}${count}`);
    return `${kind}${count}`;
  };
  const paint = (value: unknown, key = ''): unknown => {
    if (value instanceof Error) return paint(refusal(value));
    if (value instanceof Date || key === 'created') return 'T';
    if (isAppended(value)) {
      return { revision: paint(value.nextExpectedRevision), at: paint(value.position) };
    }
    switch (typeof value) {
      case 'bigint':
        return POSITIONS.has(key) ? token('at', String(value)) : String(value);
      case 'string':
        return value.replaceAll(run, 'RUN').replaceAll(UUID, (id) => token('id', id));
      case 'object':
        if (value === null) return null;
        if (Array.isArray(value)) return value.map((item) => paint(item));
        return Object.fromEntries(
          Object.entries(value)
            .filter(([, field]) => field !== undefined)
            .map(([name, field]) => [name, paint(field, name)]),
        );
      case 'boolean':
      case 'number':
        return value;
      case 'undefined':
        return null;
      case 'function':
      case 'symbol':
        return typeof value;
    }
  };
  return paint(answer);
}

const isAppended = (value: unknown): value is Appended =>
  typeof value === 'object' && value !== null && 'success' in value && 'nextExpectedRevision' in value;

const TOLD = ['type', 'streamName', 'expectedVersion', 'actualVersion', 'maxAppendSize'];

/** Class and facts of an error; its text is for people. */
function refusal(error: Error): Readonly<Record<string, unknown>> {
  const facts = Object.entries(error).filter(([name, value]) => TOLD.includes(name) && value !== undefined);
  return { refused: error.constructor.name, ...Object.fromEntries(facts) };
}

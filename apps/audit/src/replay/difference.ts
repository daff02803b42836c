import type { LogPosition } from '#event-store/event-store';

export type Cell = string | number | null;

/** Where a read model is not what the log makes of it. `key` is the row's primary key, as text. */
export type Difference =
  | {
      readonly kind: 'column';
      readonly model: string;
      readonly table: string;
      readonly key: string;
      readonly column: string;
      readonly expected: Cell;
      readonly found: Cell;
    }
  | {
      readonly kind: 'missing-row' | 'unexpected-row';
      readonly model: string;
      readonly table: string;
      readonly key: string;
    }
  /** The read model has seen more than the log holds: the log was restored or cut. */
  | {
      readonly kind: 'checkpoint-after-end';
      readonly model: string;
      readonly checkpoint: LogPosition;
      readonly end: LogPosition | null;
    };

/** The columns of a row that differ. A column that only one of the two has counts as `null` in the other. */
export function columnDifferences(
  place: { readonly model: string; readonly table: string; readonly key: string },
  expected: object,
  found: object,
): readonly Difference[] {
  const [wanted, seen] = [
    expected as Readonly<Record<string, Cell>>,
    found as Readonly<Record<string, Cell>>,
  ];
  return [...new Set([...Object.keys(wanted), ...Object.keys(seen)])]
    .filter((column) => (wanted[column] ?? null) !== (seen[column] ?? null))
    .map((column) => ({
      kind: 'column',
      ...place,
      column,
      expected: wanted[column] ?? null,
      found: seen[column] ?? null,
    }));
}

import type { ReadModelDatabase } from '#read-models/database';
import { keyLists } from '#read-models/key-list';
import { PAYOUT_TIMELINE } from '#read-models/payout-timeline/model';
import { concernsTimeline, projectTimeline } from '#read-models/payout-timeline/projector';
import type { TimelineRow } from '#read-models/payout-timeline/row';
import { at, type LoggedEvent } from '../log/log.js';
import { columnDifferences, type Difference } from './difference.js';
import { ModelCheck, projectedEvent, type ModelCheckResult } from './model-check.js';

const TABLE = 'payout_timeline';
const keyOf = ({ payout_id, position_key }: TimelineRow): string => `${payout_id} ${position_key}`;

/**
 * The table `payout_timeline`, one row per event: compared page by page of the log, so that it never has to fit into
 * memory. Rows of payouts or positions that the log doesn't have are found by counting.
 */
export class TimelineCheck extends ModelCheck {
  override readonly model = PAYOUT_TIMELINE;
  readonly #differences: Difference[] = [];
  #matched = 0;

  constructor(private readonly database: ReadModelDatabase) {
    super();
  }

  override async take(page: readonly LoggedEvent[]): Promise<void> {
    const expected: TimelineRow[] = [];
    for (const logged of page) {
      const { event } = logged;
      if (concernsTimeline(event))
        expected.push(at(logged.recorded, () => projectTimeline(projectedEvent(logged), event)));
    }
    const found = await this.#rowsOf(expected);
    for (const row of expected) {
      const place = { model: this.model, table: TABLE, key: keyOf(row) };
      const seen = found.get(place.key);
      if (seen === undefined) this.#differences.push({ kind: 'missing-row', ...place });
      else {
        this.#matched += 1;
        this.#differences.push(...columnDifferences(place, row, seen));
      }
    }
  }

  override async finish(): Promise<ModelCheckResult> {
    const { build } = this.database;
    const counted = await this.database.query(
      build
        .selectFrom(TABLE)
        .select((expression) => expression.fn.countAll<number>().as('rows'))
        .compile(),
    );
    const rows = counted[0]?.rows ?? 0;
    const unexpected = rows - this.#matched;
    if (unexpected > 0) {
      this.#differences.push({
        kind: 'unexpected-row',
        model: this.model,
        table: TABLE,
        key: `(${unexpected} rows that no event of the log makes)`,
      });
    }
    return { rows, differences: this.#differences };
  }

  async #rowsOf(expected: readonly TimelineRow[]): Promise<ReadonlyMap<string, TimelineRow>> {
    const found = new Map<string, TimelineRow>();
    const [first, last] = [expected.at(0), expected.at(-1)];
    if (first === undefined || last === undefined) return found;
    for (const ids of keyLists(new Set(expected.map((row) => row.payout_id)))) {
      const query = this.database.build
        .selectFrom(TABLE)
        .selectAll()
        .where('payout_id', 'in', ids)
        .where('position_key', '>=', first.position_key)
        .where('position_key', '<=', last.position_key)
        .compile();
      for (const row of await this.database.query(query)) found.set(keyOf(row), row);
    }
    return found;
  }
}

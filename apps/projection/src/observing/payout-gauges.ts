import { PROVIDER_NAMES } from '#domain/provider/provider-name';
import type { Metrics, Reading } from '#platform/metrics/metrics';
import type { Clock } from '#platform/time/clock';
import type { ReadModelDatabase } from '#read-models/database';
import type { ReaderStatus } from '#read-models/payouts/row';

/** Those from which a payout still has to come to an end. */
const OPEN = [
  'requested',
  'reserved',
  'submitting',
  'submitted',
  'unknown',
] as const satisfies readonly ReaderStatus[];

interface Group<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly count: number;
  readonly ageSeconds: number;
}

interface Parts {
  readonly database: ReadModelDatabase;
  readonly clock: Clock;
  /** Whether this copy keeps the tables: it is the one that tells of them. */
  readonly acts: () => boolean;
}

/**
 * Shows the payouts that are not at their end, and those that wait for a person: how many, and how old the oldest is.
 * The age counts from the request, so that no chatter about a payout makes it look young.
 */
export function showPayouts(metrics: Metrics, { database, clock, acts }: Parts): () => void {
  const age = (requestedAt: string): number => Math.max(0, clock.now() - Date.parse(requestedAt)) / 1_000;

  const open = async (): Promise<readonly Group<'provider' | 'status'>[]> => {
    const query = database.build
      .selectFrom('payouts')
      .select(['provider', 'status'])
      .select(({ fn }) => [fn.countAll().as('count'), fn.min('requested_at').as('oldest')])
      .where('status', 'in', OPEN)
      .groupBy(['provider', 'status'])
      .compile();
    const rows = await database.query(query);
    // With those at 0: a series that is missing says that nothing could be read.
    return PROVIDER_NAMES.flatMap((provider) =>
      OPEN.map((status) => {
        const row = rows.find((found) => found.provider === provider && found.status === status);
        const ageSeconds = row === undefined ? 0 : age(row.oldest);
        return { labels: { provider, status }, count: Number(row?.count ?? 0), ageSeconds };
      }),
    );
  };

  const parked = async (): Promise<readonly Group<'provider' | 'reason'>[]> => {
    const query = database.build
      .selectFrom('payouts')
      .select(['provider', 'parked_reason'])
      .select(({ fn }) => [fn.countAll().as('count'), fn.min('requested_at').as('oldest')])
      .where('parked_reason', 'is not', null)
      .groupBy(['provider', 'parked_reason'])
      .compile();
    return (await database.query(query)).map(({ provider, parked_reason: reason, count, oldest }) => ({
      labels: { provider, reason: reason ?? '' },
      count: Number(count),
      ageSeconds: age(oldest),
    }));
  };

  const remove = [
    ...show(metrics, acts, open, ['provider', 'status'], {
      count: ['payout_open_payouts', 'Payouts that are not at their end'],
      age: ['payout_open_payout_oldest_age_seconds', 'How long ago the oldest of them was requested'],
    }),
    ...show(metrics, acts, parked, ['provider', 'reason'], {
      count: ['payout_parked_payouts', "Payouts that wait for a person's decision"],
      age: ['payout_parked_payout_oldest_age_seconds', 'How long ago the oldest of them was requested'],
    }),
  ];
  return () => {
    for (const one of remove) one();
  };
}

type Naming = Readonly<Record<'count' | 'age', readonly [name: string, help: string]>>;

/** Two gauges from one query. */
function show<const Label extends string>(
  metrics: Metrics,
  acts: () => boolean,
  read: () => Promise<readonly Group<Label>[]>,
  labels: readonly Label[],
  { count, age }: Naming,
): readonly (() => void)[] {
  let look: Promise<readonly Group<Label>[]> | undefined;
  const readings = async (value: (group: Group<Label>) => number): Promise<readonly Reading<Label>[]> => {
    if (!acts()) return [];
    look ??= read().finally(() => (look = undefined));
    return (await look).map((group) => ({ labels: group.labels, value: value(group) }));
  };
  return [
    metrics.gauge({ name: count[0], help: count[1], labels }, () => readings((group) => group.count)),
    metrics.gauge({ name: age[0], help: age[1], labels }, () => readings((group) => group.ageSeconds)),
  ];
}

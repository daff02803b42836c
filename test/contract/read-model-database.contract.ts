import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { logPosition } from '#domain/log-position';
import { accountsSchema } from '#read-models/accounts/schema';
import type { ModelSchema, ReadModelDatabase, Statement } from '#read-models/database';
import { payoutsSchema } from '#read-models/payouts/schema';
import { payoutTimelineSchema } from '#read-models/payout-timeline/model';
import type { TimelineRow } from '#read-models/payout-timeline/row';
import { upsert } from '#read-models/upsert';

/** One database, empty at first. */
export interface ReadModelDatabaseSubject {
  open(): Promise<ReadModelDatabase>;
  /** Closes what `open` opened; what was applied stays. */
  close(): Promise<void>;
  dispose(): Promise<void>;
}

const MODEL = payoutTimelineSchema.model;
const at = (number: number) => logPosition(String(number));

function entry(number: number, summary = '{}'): TimelineRow {
  return {
    payout_id: 'p-1',
    position_key: String(number).padStart(4, '0'),
    position: String(number),
    type: 'PayoutRequested',
    at: '2026-01-01T00:00:00.000Z',
    summary,
  };
}

/** What every database of read models must do. */
export function describeReadModelDatabaseContract(
  name: string,
  makeSubject: () => Promise<ReadModelDatabaseSubject>,
): void {
  describe(`read model database contract: ${name}`, () => {
    let subject: ReadModelDatabaseSubject;
    let database: ReadModelDatabase;

    beforeEach(async () => {
      subject = await makeSubject();
      database = await subject.open();
      await database.migrate(payoutTimelineSchema);
    });
    afterEach(async () => {
      await subject.close();
      await subject.dispose();
    });

    const put = (row: TimelineRow): Statement =>
      upsert(database.build, 'payout_timeline', ['payout_id', 'position_key'], row);
    const rows = (): Promise<readonly TimelineRow[]> =>
      database.query(
        database.build.selectFrom('payout_timeline').selectAll().orderBy('position_key').compile(),
      );

    it('begins with no checkpoint and no rows', async () => {
      assert.equal(await database.checkpoint(MODEL), undefined);
      assert.deepEqual(await rows(), []);
    });

    it('knows no checkpoint of a model that was never made', async () => {
      assert.equal(await database.checkpoint('nobody'), undefined);
      assert.equal(await database.apply('nobody', undefined, at(1), []), 'lost');
      assert.equal(await database.checkpoint('nobody'), undefined);
    });

    it('writes rows and checkpoint together, every field as it was', async () => {
      const summary = JSON.stringify({ text: 'ភាសា – "quoted" \u0001 \'; DROP', empty: '' });
      assert.equal(
        await database.apply(MODEL, undefined, at(7), [put(entry(1, summary)), put(entry(2))]),
        'applied',
      );
      assert.equal(await database.checkpoint(MODEL), '7');
      assert.deepEqual(plain(await rows()), [entry(1, summary), entry(2)]);
    });

    it('moves the checkpoint where there are no rows to write', async () => {
      assert.equal(await database.apply(MODEL, undefined, at(3), []), 'applied');
      assert.equal(await database.apply(MODEL, at(3), logPosition('9/8'), []), 'applied');
      assert.equal(await database.checkpoint(MODEL), '9/8');
    });

    it('replaces a row of the same key, in the order of the statements', async () => {
      await database.apply(MODEL, undefined, at(1), [
        put(entry(1, '"a"')),
        put(entry(2)),
        put(entry(1, '"b"')),
      ]);
      await database.apply(MODEL, at(1), at(2), [put(entry(2, '"c"'))]);
      assert.deepEqual(plain(await rows()), [entry(1, '"b"'), entry(2, '"c"')]);
    });

    it('is lost to whoever comes from another checkpoint, and changes nothing', async () => {
      await database.apply(MODEL, undefined, at(5), [put(entry(1))]);
      for (const from of [undefined, at(4), at(6)]) {
        assert.equal(await database.apply(MODEL, from, at(9), [put(entry(2))]), 'lost');
      }
      assert.equal(await database.checkpoint(MODEL), '5');
      assert.deepEqual(plain(await rows()), [entry(1)]);
    });

    it('lets one of many at the same place through', async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, runner) =>
          database.apply(MODEL, undefined, at(10 + runner), [put(entry(1, String(runner)))]),
        ),
      );
      const winner = answers.indexOf('applied');
      assert.equal(answers.filter((answer) => answer === 'applied').length, 1);
      assert.equal(await database.checkpoint(MODEL), String(10 + winner));
      assert.deepEqual(plain(await rows()), [entry(1, String(winner))]);
    });

    it('undoes everything when a statement fails, and goes on afterwards', async () => {
      await database.apply(MODEL, undefined, at(1), [put(entry(1))]);
      const { type: _, ...incomplete } = entry(3);
      const broken = database.build
        .insertInto('payout_timeline')
        .values(incomplete as TimelineRow)
        .compile();
      await assert.rejects(database.apply(MODEL, at(1), at(2), [put(entry(2)), broken]));
      assert.equal(await database.checkpoint(MODEL), '1');
      assert.deepEqual(plain(await rows()), [entry(1)]);
      assert.equal(await database.apply(MODEL, at(1), at(2), [put(entry(2))]), 'applied');
      assert.deepEqual(plain(await rows()), [entry(1), entry(2)]);
    });

    it('keeps the models apart', async () => {
      await database.migrate(payoutsSchema);
      await database.migrate(accountsSchema);
      await database.apply(accountsSchema.model, undefined, at(4), []);
      assert.equal(await database.checkpoint(payoutsSchema.model), undefined);
      assert.equal(await database.checkpoint(accountsSchema.model), '4');
      assert.equal(await database.checkpoint(MODEL), undefined);
    });

    it('keeps tables of the same version, and begins anew with another', async () => {
      await database.apply(MODEL, undefined, at(5), [put(entry(1))]);
      await database.migrate(payoutTimelineSchema);
      assert.equal(await database.checkpoint(MODEL), '5');
      assert.deepEqual(plain(await rows()), [entry(1)]);
      const next: ModelSchema = { ...payoutTimelineSchema, version: payoutTimelineSchema.version + 1 };
      await database.migrate(next);
      assert.equal(await database.checkpoint(MODEL), undefined);
      assert.deepEqual(await rows(), []);
    });

    it('leaves the old tables alone when the new ones cannot be made', async () => {
      await database.apply(MODEL, undefined, at(5), [put(entry(1))]);
      const broken: ModelSchema = {
        ...payoutTimelineSchema,
        version: payoutTimelineSchema.version + 1,
        create: () => [{ sql: 'CREATE NONSENSE', parameters: [] }],
      };
      await assert.rejects(database.migrate(broken));
      assert.equal(await database.checkpoint(MODEL), '5');
      assert.deepEqual(plain(await rows()), [entry(1)]);
    });

    it('makes the tables once when several start at once', async () => {
      const next: ModelSchema = { ...payoutTimelineSchema, version: payoutTimelineSchema.version + 1 };
      await Promise.all(Array.from({ length: 5 }, () => database.migrate(next)));
      assert.equal(await database.apply(MODEL, undefined, at(5), [put(entry(1))]), 'applied');
      await Promise.all(Array.from({ length: 5 }, () => database.migrate(next)));
      assert.equal(await database.checkpoint(MODEL), '5');
      assert.deepEqual(plain(await rows()), [entry(1)]);
    });

    it('has everything again after it was closed', async () => {
      await database.apply(MODEL, undefined, at(5), [put(entry(1))]);
      await subject.close();
      database = await subject.open();
      assert.equal(await database.checkpoint(MODEL), '5');
      assert.deepEqual(plain(await rows()), [entry(1)]);
    });
  });
}

/** Drivers make rows with other prototypes. */
function plain<R extends object>(rows: readonly R[]): readonly R[] {
  return rows.map((row) => ({ ...row }));
}

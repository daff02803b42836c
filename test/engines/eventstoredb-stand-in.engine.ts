import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { ALL_QUESTIONS } from '#test/support/eventstoredb/questions/all-questions';
import { answerOf, Asking } from '#test/support/eventstoredb/questions/asking';
import { portrait } from '#test/support/eventstoredb/questions/portrait';
import { startEventStoreDb, type StartedEventStoreDb } from '#test/support/eventstoredb/start-eventstoredb';

const FIXTURE = new URL('../../../test/support/eventstoredb/recorded-answers.json', import.meta.url);

/** What real servers answered. A list of answers: the recorded versions differ, and each is right. */
const RECORDED = JSON.parse(readFileSync(FIXTURE, 'utf8')) as Readonly<Record<string, readonly unknown[]>>;

/**
 * Every question of the record, asked of what the other engine tests run against: of the stand-in, to know that it
 * answers like a server; of a real server (`EVENTSTORE_URL`), to know that the record still holds there.
 */
describe('the recorded answers of EventStoreDB', () => {
  let server: StartedEventStoreDb;
  let asking: Asking;

  before(async () => {
    server = await startEventStoreDb();
    asking = new Asking(server.url);
  });
  after(async () => {
    await asking.client.dispose();
    await asking.second.dispose();
    await server.stop();
  });

  it('are 55, each to a question that is asked', () => {
    assert.equal(ALL_QUESTIONS.length, 55);
    assert.deepEqual(
      ALL_QUESTIONS.map(({ ask }) => ask),
      Object.keys(RECORDED),
    );
  });

  for (const question of ALL_QUESTIONS) {
    it(question.ask, async () => {
      const answer = portrait(await answerOf(question, asking), asking.run);
      const accepted = RECORDED[question.ask] ?? [];
      const found = accepted.find((recorded) => JSON.stringify(recorded) === JSON.stringify(answer));
      if (found === undefined) assert.deepEqual(answer, accepted[0], `asked of: ${server.kind}`);
    });
  }
});

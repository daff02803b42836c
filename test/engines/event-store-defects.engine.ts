import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runChild } from '../support/child-run.js';
import { StandInProcess } from '../support/eventstoredb/stand-in-process.js';

const PROGRAM = new URL(import.meta.resolve('#test/support/event-store/client-defect-process'));
const GIVEN = process.env['EVENTSTORE_URL'] ?? '';

interface Defect {
  readonly title: string;
  readonly defect: string;
  /** How the process of the bare client ends. */
  readonly bare: RegExp;
  /** What the adapter says to the call, if it is the call that is refused. */
  readonly refused?: string;
  /** It takes a fault of the connection, which only the stand-in makes at will. */
  readonly needsStandIn: boolean;
}

const LATE_ANSWER = /TypeError: undefined is not iterable/;

const DEFECTS: readonly Defect[] = [
  {
    title: 'an id that is no UUID',
    defect: 'malformed-id',
    bare: LATE_ANSWER,
    refused: 'InvalidAppendError',
    needsStandIn: false,
  },
  {
    title: 'the nil UUID',
    defect: 'nil-id',
    bare: LATE_ANSWER,
    refused: 'InvalidAppendError',
    needsStandIn: false,
  },
  {
    title: 'an empty type',
    defect: 'empty-type',
    bare: LATE_ANSWER,
    refused: 'InvalidAppendError',
    needsStandIn: false,
  },
  {
    title: 'a second client that is disposed of with calls in flight',
    defect: 'second-client',
    bare: LATE_ANSWER,
    refused: 'SecondClientError',
    needsStandIn: false,
  },
  {
    title: 'the old connection of a client that has gone to a new one breaks',
    defect: 'reconnected',
    bare: LATE_ANSWER,
    needsStandIn: true,
  },
  {
    title: 'the connection breaks while appends wait for room in the stream',
    defect: 'full-stream',
    bare: /UNAVAILABLE/,
    needsStandIn: true,
  },
  {
    title: 'the question what the server can do fails once: every later append fails',
    defect: 'features',
    bare: /INTERNAL/,
    needsStandIn: true,
  },
];

describe('what ends a process through the bare client', () => {
  let standIn: StandInProcess | undefined;
  before(async () => {
    standIn = await StandInProcess.start();
    if (GIVEN !== '') {
      process.stdout.write(
        `asked of the stand-in, since a given server makes no faults at will: ${DEFECTS.filter(
          ({ needsStandIn }) => needsStandIn,
        )
          .map(({ defect }) => defect)
          .join(', ')}\n`,
      );
    }
  });
  after(() => standIn?.stop());

  for (const { title, defect, bare, refused, needsStandIn } of DEFECTS) {
    const run = async (through: 'bare' | 'adapter') => {
      assert.ok(standIn !== undefined);
      await standIn.disarm();
      await standIn.resume();
      const server = needsStandIn || GIVEN === '' ? [standIn.url, standIn.control] : [GIVEN, '-'];
      return runChild(PROGRAM, [...server, defect, through]);
    };

    it(`${title}: ends it`, async () => {
      const { code, stdout, stderr } = await run('bare');
      assert.equal(code, 1, stdout + stderr);
      assert.match(stderr, bare);
      assert.doesNotMatch(stdout, /alive/);
    });

    it(`${title}: not through the adapter`, async () => {
      const { code, stdout, stderr } = await run('adapter');
      assert.equal(code, 0, stdout + stderr);
      assert.deepEqual(stdout.trim().split('\n'), [...(refused === undefined ? [] : [refused]), 'alive']);
    });
  }
});

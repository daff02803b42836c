import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { givenPayout } from '#test/support/given';
import { HISTORIES, outcome, report, type HistoryName } from '#test/support/payout-fixtures';
import type { ReportSource } from '../provider/provider-report.js';

/** The statuses in which an attempt of ours exists, in the order of the table's columns. */
const ATTEMPTED = [
  'requested, attempt dead',
  'submitting',
  'submitting, deferred',
  'submitted',
  'unknown',
  'succeeded',
  'failed',
] as const satisfies readonly HistoryName[];
type Row = string | readonly [string, string, string, string, string, string, string];

/**
 * What every outcome does in every status, from every source. A row that is one text is the same in all statuses. `!`
 * raises an alarm.
 */
const TABLE: Readonly<Record<ReportSource, Readonly<Record<keyof typeof outcome, Row>>>> = {
  answer: {
    pending: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted',
      'PayoutSubmitted',
      'ignored: still pending',
      'PayoutSubmitted',
      'ignored: payout is succeeded',
      'ignored: payout is failed',
    ],
    unrecognised: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted !',
      'PayoutSubmitted !',
      'ignored: still pending !',
      'PayoutSubmitted !',
      'ignored: payout is succeeded !',
      'ignored: payout is failed !',
    ],
    succeeded: [
      'PayoutStatusChanged → succeeded !',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'ignored: already succeeded',
      'ignored: a late answer contradicts the final state !',
    ],
    failed: [
      'ignored: the attempt is dead already',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'ignored: a late answer contradicts the final state !',
      'ignored: already failed',
    ],
    refused: [
      'ignored: the attempt is dead already',
      'PayoutSubmissionUnknown + PayoutAttemptFailed',
      'PayoutSubmissionUnknown + PayoutAttemptFailed',
      'ignored: refusal of a repeat: payout is submitted',
      'PayoutSubmissionUnknown',
      'ignored: refusal of a repeat: payout is succeeded',
      'ignored: refusal of a repeat: payout is failed',
    ],
    notFound: 'ignored: the answer looked nothing up !',
    notSent: [
      'ignored: the attempt is dead already',
      'PayoutSubmissionDeferred',
      'ignored: payout is submitting',
      'ignored: payout is submitted',
      'ignored: payout is unknown',
      'ignored: payout is succeeded',
      'ignored: payout is failed',
    ],
    unknown: [
      'ignored: the attempt is dead already',
      'PayoutSubmissionUnknown',
      'ignored: payout is submitting',
      'ignored: payout is submitted',
      'ignored: payout is unknown',
      'ignored: payout is succeeded',
      'ignored: payout is failed',
    ],
  },
  callback: {
    pending: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted',
      'PayoutSubmitted',
      'ignored: still pending',
      'PayoutSubmitted',
      'ignored: payout is succeeded',
      'ignored: payout is failed',
    ],
    unrecognised: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted !',
      'PayoutSubmitted !',
      'ignored: still pending !',
      'PayoutSubmitted !',
      'ignored: payout is succeeded !',
      'ignored: payout is failed !',
    ],
    succeeded: [
      'PayoutStatusChanged → succeeded !',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'ignored: already succeeded',
      'PayoutReportHeld succeeded',
    ],
    failed: [
      'ignored: the attempt is dead already',
      'PayoutReportHeld failed',
      'PayoutReportHeld failed',
      'PayoutReportHeld failed',
      'PayoutReportHeld failed',
      'PayoutReportHeld failed',
      'ignored: already failed',
    ],
    refused: 'ignored: the callback refuses no request !',
    notFound: 'ignored: the callback looked nothing up !',
    notSent: 'ignored: the callback sends nothing',
    unknown: 'ignored: the callback said nothing',
  },
  query: {
    pending: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted',
      'PayoutSubmitted',
      'ignored: still pending',
      'PayoutSubmitted',
      'ignored: payout is succeeded !',
      'ignored: payout is failed !',
    ],
    unrecognised: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted !',
      'PayoutSubmitted !',
      'ignored: still pending !',
      'PayoutSubmitted !',
      'ignored: payout is succeeded !',
      'ignored: payout is failed !',
    ],
    succeeded: [
      'PayoutStatusChanged → succeeded !',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'ignored: already succeeded',
      'PayoutReversed → succeeded !',
    ],
    failed: [
      'ignored: the attempt is dead already',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutReversed → failed !',
      'ignored: already failed',
    ],
    refused: 'ignored: the query refuses no request !',
    notFound: [
      'ignored: not found, payout is requested',
      'ignored: not found, payout is submitting',
      'ignored: not found, payout is submitting',
      'ignored: not found, payout is submitted !',
      'ignored: not found, never refused',
      'ignored: not found, payout is succeeded !',
      'ignored: not found, payout is failed',
    ],
    notSent: 'ignored: the query sends nothing',
    unknown: 'ignored: the query said nothing',
  },
  statement: {
    pending: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted',
      'PayoutSubmitted',
      'ignored: still pending',
      'PayoutSubmitted',
      'ignored: payout is succeeded !',
      'ignored: payout is failed !',
    ],
    unrecognised: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted !',
      'PayoutSubmitted !',
      'ignored: still pending !',
      'PayoutSubmitted !',
      'ignored: payout is succeeded !',
      'ignored: payout is failed !',
    ],
    succeeded: [
      'PayoutStatusChanged → succeeded !',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'ignored: already succeeded',
      'PayoutReversed → succeeded !',
    ],
    failed: [
      'ignored: the attempt is dead already',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutReversed → failed !',
      'ignored: already failed',
    ],
    refused: 'ignored: the statement refuses no request !',
    notFound: [
      'ignored: not found, payout is requested',
      'ignored: not found, payout is submitting',
      'ignored: not found, payout is submitting',
      'ignored: not found, payout is submitted !',
      'ignored: not found, never refused',
      'ignored: not found, payout is succeeded !',
      'ignored: not found, payout is failed',
    ],
    notSent: 'ignored: the statement sends nothing',
    unknown: 'ignored: the statement said nothing',
  },
  operator: {
    pending: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted',
      'PayoutSubmitted',
      'ignored: still pending',
      'PayoutSubmitted',
      'ignored: payout is succeeded !',
      'ignored: payout is failed !',
    ],
    unrecognised: [
      'ignored: the attempt is dead !',
      'PayoutSubmitted !',
      'PayoutSubmitted !',
      'ignored: still pending !',
      'PayoutSubmitted !',
      'ignored: payout is succeeded !',
      'ignored: payout is failed !',
    ],
    succeeded: [
      'PayoutStatusChanged → succeeded !',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'PayoutStatusChanged → succeeded',
      'ignored: already succeeded',
      'PayoutReversed → succeeded !',
    ],
    failed: [
      'ignored: the attempt is dead already',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutStatusChanged → failed',
      'PayoutReversed → failed !',
      'ignored: already failed',
    ],
    refused: 'ignored: the operator refuses no request !',
    notFound: 'ignored: the operator looked nothing up !',
    notSent: 'ignored: the operator sends nothing',
    unknown: 'ignored: the operator said nothing',
  },
};

const NO_ATTEMPT = ['absent', 'rejected', 'cancelled'] as const;
const SOURCES = Object.keys(TABLE) as readonly ReportSource[];
const OUTCOMES = Object.keys(outcome) as readonly (keyof typeof outcome)[];

function did(history: HistoryName, said: keyof typeof outcome, source: ReportSource): string {
  const {
    events = [],
    ignored,
    alarm,
  } = givenPayout(HISTORIES[history]).when(report(outcome[said](), source)).decided;
  const facts = events.map(({ type, data }) =>
    [
      type,
      type === 'PayoutStatusChanged' || type === 'PayoutReversed' ? `→ ${data.to}` : '',
      'claim' in data ? data.claim : '',
    ]
      .filter((word) => word !== '')
      .join(' '),
  );
  const what = ignored === undefined ? facts.join(' + ') : `ignored: ${ignored}`;
  return what + (alarm === undefined || alarm === false ? '' : ' !');
}

describe('decideReport: every outcome in every status', () => {
  for (const source of SOURCES) {
    for (const said of OUTCOMES) {
      it(`${said} by ${source}`, () => {
        const row = TABLE[source][said];
        const expected = Object.fromEntries(
          ATTEMPTED.map((status, column) => [status, typeof row === 'string' ? row : row[column]]),
        );
        assert.deepEqual(
          Object.fromEntries(ATTEMPTED.map((status) => [status, did(status, said, source)])),
          expected,
        );
      });
    }
  }

  it('changes nothing of a payout that nobody sent, and raises an alarm when an order exists', () => {
    for (const source of SOURCES) {
      for (const said of OUTCOMES) {
        const exists = said === 'pending' || said === 'unrecognised' || said === 'succeeded';
        for (const status of NO_ATTEMPT) {
          assert.equal(did(status, said, source), `ignored: payout is ${status}${exists ? ' !' : ''}`);
        }
        assert.equal(did('requested', said, source), 'ignored: no such attempt was made !');
      }
    }
  });

  it('leaves a state that the table calls ignored untouched, and never loses the request', () => {
    for (const source of SOURCES) {
      for (const said of OUTCOMES) {
        for (const status of ATTEMPTED) {
          const given = givenPayout(HISTORIES[status]);
          const { state, events } = given.when(report(outcome[said](), source));
          if (events.length === 0) assert.deepEqual(state, given.state);
          assert.ok('request' in state && 'request' in given.state);
          assert.deepEqual(state.request, given.state.request);
        }
      }
    }
  });
});

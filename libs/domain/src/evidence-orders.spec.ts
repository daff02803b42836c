import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { books, decide } from '#test/support/given';
import { aWorld, followed, payoutIn, written, type LedgerWorld } from '#test/support/ledger-world';
import {
  aCard,
  HOUR,
  outcome,
  PAYOUT,
  report,
  requested,
  started,
  T0,
  unknownOutcome,
  usd,
} from '#test/support/payout-fixtures';
import type { PayoutEvent } from './payout/events.js';
import { nextStep } from './processes/payout-process.js';
import type { ProviderOutcome, ReportSource } from './provider/provider-report.js';

/** What a provider may say, in whatever order (guarantee G08). */
const WORDS = ['accepted', 'success', 'failure', 'reversal'] as const;
type Word = (typeof WORDS)[number];

const SAID: Readonly<Record<Word, ProviderOutcome>> = {
  accepted: outcome.pending(),
  success: outcome.succeeded({ fee: usd('1.50') }),
  failure: outcome.failed(),
  reversal: { kind: 'failed', rawStatus: 'RETURNED', reason: 'returned by the bank', order: {} },
};
const LONGEST = 6;

/** 500.00 are in the account; 102.00 are reserved for 100.00 and a fee, of which 1.50 is charged. */
const RIGHT = {
  open: { deposits: '-50000', available: '39800', reserved: '10200' },
  paid: { deposits: '-50000', available: '39850', paid: '10000', fees: '150' },
  notPaid: { deposits: '-50000', available: '50000' },
} as const;

/** The books that are right when `truth` is the last final word that was confirmed. */
function assertRight(world: LedgerWorld, truth: Word, path: string): void {
  const payout = payoutIn(world, PAYOUT);
  switch (truth) {
    case 'accepted':
      assert.deepEqual(books(world.account), RIGHT.open, path);
      assert.ok(payout.status !== 'succeeded' && payout.status !== 'failed', path);
      return;
    case 'success':
      assert.deepEqual(books(world.account), RIGHT.paid, path);
      assert.equal(payout.status, 'succeeded', path);
      return;
    case 'failure':
    case 'reversal':
      assert.deepEqual(books(world.account), RIGHT.notPaid, path);
      assert.equal(payout.status, 'failed', path);
  }
}

function begin(sent: readonly PayoutEvent[]): LedgerWorld {
  const world = followed(written(aWorld('500.00'), [requested()]));
  assert.deepEqual(books(world.account), RIGHT.open);
  return written(world, sent);
}

function told(world: LedgerWorld, word: Word, source: ReportSource, at = T0 + HOUR): LedgerWorld {
  const { events = [] } = decide(payoutIn(world, PAYOUT), report(SAID[word], source, { at }));
  return followed(written(world, events));
}

const final = (truth: Word, word: Word): Word => (word === 'accepted' ? truth : word);

describe('every order of accepted, success, failure and reversal', () => {
  const BEGINNINGS: readonly (readonly [string, readonly PayoutEvent[]])[] = [
    ['sent', [started()]],
    ['of unknown outcome', [started(), unknownOutcome()]],
  ];
  for (const [what, sent] of BEGINNINGS) {
    for (const source of ['query', 'statement'] as const) {
      it(`confirmed by ${source}, ends in the books of its last final word, when it was ${what}`, () => {
        let sequences = 0;
        const walk = (world: LedgerWorld, truth: Word, path: readonly Word[]): void => {
          if (path.length === LONGEST) return;
          for (const word of WORDS) {
            const next = told(world, word, source);
            const now = final(truth, word);
            sequences += 1;
            assertRight(next, now, [...path, word].join(' '));
            walk(next, now, [...path, word]);
          }
        };
        walk(begin(sent), 'accepted', []);
        assert.equal(sequences, 5_460);
      });
    }
  }
});

/** A provider that answers with its present truth, and the callbacks that it sent on the way. */
interface Provider {
  readonly truth: Word | undefined;
}

/** The process takes its steps, until it has nothing left to ask. */
function settled(world: LedgerWorld, { truth }: Provider, from: number): LedgerWorld {
  let now = from;
  let next = world;
  for (let steps = 0; steps < 5; steps += 1) {
    const state = payoutIn(next, PAYOUT);
    const step = nextStep(state, { card: aCard(), now, wake: 'event' });
    if (step.do === 'mark-unknown') {
      const { attempt, reason } = step;
      const { events = [] } = decide(state, { type: 'MarkOutcomeUnknown', attempt, reason });
      next = followed(written(next, events));
    } else if (step.do === 'query' && truth !== undefined) {
      next = told(next, truth, 'query', now);
    } else {
      return next;
    }
    now += 1;
  }
  return next;
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) =>
    permutations(items.filter((_, other) => other !== i)).map((rest) => [item, ...rest]),
  );
}

describe('callbacks in any order', () => {
  it('end in the provider’s truth, for every history of up to four words and every order of arrival', () => {
    const histories = (length: number): readonly (readonly Word[])[] =>
      length === 0 ? [[]] : histories(length - 1).flatMap((head) => WORDS.map((word) => [...head, word]));
    let deliveries = 0;
    for (const length of [1, 2, 3, 4]) {
      for (const history of histories(length)) {
        const truth = history.reduce(final, 'accepted');
        for (const arrival of permutations(history)) {
          deliveries += 1;
          // Nobody asks until all have come: the worst order of callbacks and look-ups.
          let late = begin([started()]);
          let prompt = late;
          for (const word of arrival) {
            late = told(late, word, 'callback');
            prompt = settled(told(prompt, word, 'callback'), { truth }, T0 + HOUR);
          }
          const path = `${history.join(' ')} as ${arrival.join(' ')}`;
          assertRight(settled(late, { truth }, T0 + HOUR), truth, `asked late: ${path}`);
          assertRight(prompt, truth, `asked at once: ${path}`);
        }
      }
    }
    assert.equal(deliveries, 4 + 32 + 64 * 6 + 256 * 24);
  });

  it('and repeated, while the truth still turns and look-ups fall anywhere', () => {
    const move = fc.oneof(
      fc.constantFrom(...WORDS).map((turn) => ({ turn })),
      fc.nat({ max: 20 }).map((deliver) => ({ deliver })),
      fc.constant({ ask: true as const }),
    );
    fc.assert(
      fc.property(
        fc.array(move, { maxLength: 24, size: 'max' }),
        fc.infiniteStream(fc.nat()),
        (moves, picks) => {
          let world = begin([started()]);
          let truth: Word | undefined;
          const sent: Word[] = [];
          const open: number[] = [];
          const now = T0 + HOUR;
          for (const one of moves) {
            if ('turn' in one) {
              truth = final(truth ?? 'accepted', one.turn);
              open.push(sent.push(one.turn) - 1);
            } else if ('deliver' in one) {
              const index = one.deliver % Math.max(1, sent.length);
              const word = sent[index];
              if (word === undefined) continue;
              world = told(world, word, 'callback', now);
              if (open.includes(index)) open.splice(open.indexOf(index), 1);
            } else {
              world = settled(world, { truth }, now);
            }
          }
          // Each callback comes at least once in the end.
          while (open.length > 0) {
            const pick = Number(picks.next().value ?? 0) % open.length;
            const [index = 0] = open.splice(pick, 1);
            world = told(world, sent[index] ?? 'accepted', 'callback', now);
          }
          world = settled(world, { truth }, now);
          if (truth !== undefined) assertRight(world, truth, JSON.stringify({ moves, sent }));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

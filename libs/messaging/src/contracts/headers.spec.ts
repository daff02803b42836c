import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replyTopicOf } from './headers.js';

describe('replyTopicOf', () => {
  const cases: [string | undefined, string][] = [
    [undefined, 'payout.replies.v1'],
    ['payout.replies.v1', 'payout.replies.v1'],
    ['shop.payout-answers_1', 'shop.payout-answers_1'],
    ['', 'payout.replies.v1'],
    ['two words', 'payout.replies.v1'],
    ['x'.repeat(250), 'payout.replies.v1'],
    ['payout.commands.v1', 'payout.replies.v1'],
    ['payout.events.v1', 'payout.replies.v1'],
    ['provider.callbacks.v1', 'payout.replies.v1'],
    ['payout.parked.v1', 'payout.replies.v1'],
  ];
  for (const [asked, topic] of cases) {
    it(`answers ${asked ?? 'nobody in particular'} on ${topic}`, () => {
      assert.equal(replyTopicOf(asked === undefined ? {} : { 'reply-to': asked }), topic);
    });
  }
});

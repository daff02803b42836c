import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AccountRefusal } from '#domain/account/decide';
import { INSTRUCTION_REFUSALS, RESERVATION_REFUSALS } from '#domain/account/events';
import { REFUSAL_REASONS, REJECTION_REASONS } from '#domain/payout/rejections';
import { COMMAND_SHAPES, type CommandRefusalReason } from '#messaging/contracts/commands.v1';
import { PUBLIC_EVENTS, PUBLIC_STATUSES } from '#messaging/contracts/events.v1';
import { HEADERS } from '#messaging/contracts/headers';
import { REPLY_OUTCOMES } from '#messaging/contracts/replies.v1';
import { PARKED_HEADERS } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { QUERY_PROBLEMS } from '#query/problem/problems';
import { fencedBlocks, listAfter, page, tableColumn } from './pages.js';

const api = page('docs/api.md');

/** Lists that are types in the code: the compiler says when one is missing here, or is there no more. */
const UNREADABLE = Object.keys({
  'too-large': true,
  'malformed-json': true,
  'not-a-cloud-event': true,
  'unknown-type': true,
  'unknown-version': true,
  'invalid-field': true,
} satisfies Record<CommandRefusalReason, true>);
const ACCOUNT_REFUSALS = Object.keys({
  'command-id-reused': true,
  'account-exists': true,
  'unknown-account': true,
  'account-currency-differs': true,
} satisfies Record<AccountRefusal, true>);

describe('docs/api.md', () => {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['unreadable', UNREADABLE],
    ['rejections', REJECTION_REASONS],
    ['refusals', REFUSAL_REASONS],
    ['account-refusals', ACCOUNT_REFUSALS],
    ['instruction-refusals', INSTRUCTION_REFUSALS],
    ['statuses', PUBLIC_STATUSES],
  ];
  for (const [name, expected] of lists) {
    it(`lists the ${name} in the order of the code`, () => assert.deepEqual(listAfter(api, name), expected));
  }

  it('says of no other reason that it comes from the funding account', () => {
    const late = REJECTION_REASONS.slice(-3);
    assert.deepEqual(late, RESERVATION_REFUSALS.slice(-3));
    assert.match(api, /The last three come from the funding account/);
  });

  const tables: readonly (readonly [string, readonly string[]])[] = [
    ['topic', Object.values(TOPICS)],
    ['header', Object.values(HEADERS)],
    ['command', Object.keys(COMMAND_SHAPES)],
    ['outcome', REPLY_OUTCOMES],
    ['event', PUBLIC_EVENTS],
    ['`code`', Object.keys(QUERY_PROBLEMS)],
  ];
  for (const [head, expected] of tables) {
    it(`has a line for each ${head.replaceAll('`', '')}`, () => {
      assert.deepEqual([...tableColumn(api, head)].sort(), [...expected].sort());
    });
  }

  it('names the headers of a parked message', () => {
    for (const header of Object.values(PARKED_HEADERS)) assert.ok(api.includes(`| \`${header}\``), header);
  });

  it("names each command's fields in their order", () => {
    for (const [name, shape] of Object.entries(COMMAND_SHAPES)) {
      const [, cell = ''] = new RegExp(`^\\| \`${name}\` +\\|([^|]*)\\|`, 'm').exec(api) ?? [];
      const fields = [...cell.replaceAll(/\([^)]*\)/g, '').matchAll(/`(\w+)\??`/g)].map(([, field]) => field);
      assert.deepEqual(fields, Object.keys(new shape()), name);
    }
  });

  it("gives each problem's own status", () => {
    for (const [code, { status }] of Object.entries(QUERY_PROBLEMS)) {
      assert.match(api, new RegExp(`^\\| \`${code}\` +\\| ${status} +\\|`, 'm'));
    }
  });

  it('has examples', () => {
    assert.ok(fencedBlocks(api).filter(({ words }) => words[1] === 'run').length >= 5);
  });
});

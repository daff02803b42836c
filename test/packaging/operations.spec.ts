import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { payoutId } from '#domain/ids';
import { referenceOf } from '#domain/provider/reference';
import { KafkaNames } from '#messaging/kafka/kafka-names';
import { TOPICS } from '#messaging/topics';
import { requestOf } from '#ops/ops-requests';
import { COMMANDS } from '#setup/run-setup';
import { fencedBlocks, page, ROOT } from '#test/docs/pages';
import { readAlerts } from './monitoring.js';

const operations = page('docs/operations.md');
const [, runbook = ''] = operations.split('\n## Runbook\n');
const entries = [...runbook.matchAll(/^#### `([a-z-]+)`$/gm)].map(([, name = '']) => name);

/** The codes of the alarms that the programs raise, as they are written in their source. */
function alarmsOfTheCode(): ReadonlySet<string> {
  const codes = new Set<string>();
  for (const top of ['apps', 'libs']) {
    const folder = fileURLToPath(new URL(`${top}/`, ROOT));
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts') || name.includes('testing/')) continue;
      const source = readFileSync(`${folder}${name}`, 'utf8');
      for (const [, argument = ''] of source.matchAll(/\.alarm\(\s*([^,)]+)/g)) {
        const [, code] = /^'([a-z-]+)'$/.exec(argument.trim()) ?? [];
        // Decorators hand on what they are given.
        assert.ok(
          code !== undefined || argument.trim() === 'code',
          `${name}: an alarm's code has to be a literal: ${argument}`,
        );
        if (code !== undefined) codes.add(code);
      }
    }
  }
  return codes;
}

/** As GitHub makes them. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  return new Set(
    [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('the runbook', () => {
  const alarms = alarmsOfTheCode();
  const alerts = readAlerts();

  it('has an entry for every alarm that the code raises, and each alarm has its alert', () => {
    assert.ok(alarms.size > 20);
    for (const code of alarms) {
      assert.ok(entries.includes(code), `docs/operations.md has no entry «${code}»`);
      const alert = alerts.find(({ name }) => name === code);
      assert.ok(alert, `deploy/prometheus/alerts.yml has no alert ${code}`);
      assert.match(alert.expression, new RegExp(`alarm="${code}"`));
    }
  });

  it('has an entry for every alert, which links to it', () => {
    for (const { name, runbook: link } of alerts) {
      assert.ok(entries.includes(name), `docs/operations.md has no entry «${name}»`);
      assert.equal(link, `docs/operations.md#${name}`);
    }
  });

  it('has no entry for what never rings, and none twice', () => {
    const rings = new Set([...alarms, ...alerts.map(({ name }) => name)]);
    for (const name of entries) assert.ok(rings.has(name), `nothing raises «${name}»`);
    assert.equal(new Set(entries).size, entries.length);
  });

  it('says something in each entry', () => {
    for (const part of runbook.split(/^#### /m).slice(1)) {
      const words = part.split('\n### ')[0]?.split(/\s+/) ?? [];
      assert.ok(words.length > 8, part);
    }
  });

  it('knows why payouts are parked', () => {
    const source = page('libs/domain/src/payout/events.ts');
    const [, reasons = ''] = /PayoutParked: shape\(\{[\s\S]*?word\(([\s\S]*?)\)/.exec(source) ?? [];
    const known = [...reasons.matchAll(/'([a-z-]+)'/g)].map(([, reason = '']) => reason);
    assert.ok(known.length >= 7);
    for (const reason of known) assert.ok(runbook.includes(`\`${reason}\``), reason);
  });
});

describe('docs/operations.md', () => {
  it('links to what is there', () => {
    for (const [, target = ''] of operations.matchAll(/\]\(([^)]+)\)/g)) {
      const [path = '', anchor] = target.split('#');
      const url = path === '' ? new URL('docs/operations.md', ROOT) : new URL(path, new URL('docs/', ROOT));
      assert.ok(existsSync(url), target);
      if (anchor !== undefined) assert.ok(anchorsOf(readFileSync(url, 'utf8')).has(anchor), target);
    }
  });

  it('shows how a reference is found, rightly', () => {
    const block = fencedBlocks(operations).find(({ words }) => words[1] === 'reference');
    const id = block?.words[2] ?? '';
    const printed = execFileSync('sh', ['-c', block?.text ?? ''], { encoding: 'utf8' });
    assert.equal(printed.trim(), referenceOf({ payoutId: payoutId(id), attempt: 1 }));
  });

  it('sets back the offsets of groups that there are', () => {
    const [, shown = '', topics = ''] =
      /for topic in ([^;]+); do[\s\S]*?--group "(\S+)" --topic "\$topic"/.exec(operations) ?? [];
    const named = shown.split(' ').map((topic) => topics.replace('$topic', topic));
    const names = new KafkaNames('');
    assert.deepEqual(
      named,
      [TOPICS.commands, TOPICS.callbacks].map((topic) => names.group('command', topic)),
    );
  });

  it('names commands of payout-ops that there are', () => {
    const values = { operator: 'x', reason: 'x', decision: 'paid' };
    const named = [...operations.matchAll(/payout-ops ([a-z]+(?:-[a-z]+)*)/g)].map(
      ([, command = '']) => command,
    );
    assert.ok(named.length > 10);
    for (const command of named) {
      const operands = ['retry', 'skip', 'resolve'].includes(command) ? ['some-id'] : [];
      assert.ok(
        requestOf([command, ...operands], values, () => 'id'),
        `payout-ops ${command}`,
      );
    }
  });

  it('names commands of setup that there are', () => {
    const named = [...operations.matchAll(/setup ([a-z]+(?:-[a-z]+)*)`/g)].map(([, command = '']) => command);
    assert.ok(named.includes('after-restore'));
    for (const command of named) assert.ok(command in COMMANDS, `setup ${command}`);
  });

  it('names metrics and programs that there are', () => {
    const metrics = page('docs/observability.md');
    for (const [, name = ''] of operations.matchAll(/`(payout_[a-z_]+)`/g)) {
      assert.ok(metrics.includes(`| \`${name}\` |`), name);
    }
    for (const [, command = ''] of operations.matchAll(/`npm run ([a-z:-]+)/g)) {
      const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> };
      assert.ok(command in scripts, `npm run ${command}`);
    }
  });
});

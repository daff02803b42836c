import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkTree, type RuleName, type SourceTree } from './check-tree.js';
import { cyclesOf } from './cycles.js';
import { IMPORT_TABLE, SEPARATE_FOLDERS } from './import-table.js';
import { quickScan, readImports } from './read-imports.js';

const UNITS = [...Object.keys(IMPORT_TABLE).map((unit) => `${unit}/src`), 'test'];

/** One file in each unit, which others can import, and a few that the cases need. */
const BASE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(UNITS.map((folder) => [`${folder}/there.ts`, 'export const there = 1;\n'])),
  'libs/domain/src/payout/decide-report.ts': 'export const decide = 1;\n',
  'libs/providers/src/dvpay/mapping.ts': 'export const map = 1;\n',
};

function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  return {
    files: new Map(Object.entries({ ...BASE, ...files })),
    aliases: Object.fromEntries(
      UNITS.map((folder) => {
        const name = folder === 'test' ? 'test' : (folder.split('/')[1] ?? '');
        return [`#${name}/*`, `./${folder}/*.ts`];
      }),
    ),
    dependencies: ['pino', '@nestjs/common'],
    devDependencies: ['fast-check'],
  };
}

function check(
  files: Readonly<Record<string, string>>,
  exceptions: { longFiles?: Record<string, string>; computedLoads?: Record<string, string> } = {},
): { rules: RuleName[]; imports: number } {
  const { violations, imports } = checkTree(treeOf(files), {
    table: IMPORT_TABLE,
    separateFolders: SEPARATE_FOLDERS,
    longestFile: 300,
    longFiles: exceptions.longFiles ?? {},
    computedLoads: exceptions.computedLoads ?? {},
  });
  return { rules: violations.map(({ rule }) => rule), imports };
}

/** Every form in which one file can name another, here to a place where it may not go. */
const FORMS: Readonly<Record<string, string>> = {
  import: "import { there } from '#read-models/there';",
  'import for its effect': "import '#read-models/there';",
  'import type': "import type { There } from '#read-models/there';",
  'import of a type': "import { type There } from '#read-models/there';",
  'export from': "export { there } from '#read-models/there';\nexport const own = 1;",
  'export all': "export * from '#read-models/there';\nexport const own = 1;",
  'export type': "export type { There } from '#read-models/there';\nexport const own = 1;",
  'dynamic import': "const x = await import('#read-models/there');",
  'dynamic import of a template': 'const x = await import(`#read-models/there`);',
  'dynamic import, deep inside':
    "class A { b = async () => { if (c) return (await import('#read-models/there')).there; } }",
  'type query': "let x: import('#read-models/there').There;",
  'typeof import': "let x: typeof import('#read-models/there');",
  'import equals': "import x = require('#read-models/there');",
  require: "const x = require('#read-models/there');",
  resolve: "const x = import.meta.resolve('#read-models/there');",
  'after a comment': "/* import */ import /* x */ { there } from /* y */ '#read-models/there';",
};

const one = (path: string, text: string): Record<string, string> => ({ [path]: `${text}\n` });

const CAUGHT: readonly (readonly [string, Record<string, string>, readonly RuleName[]])[] = [
  ...Object.entries(FORMS).map(
    ([form, text]) => [`${form} (apps/command)`, one('apps/command/src/x.ts', text), ['forbidden']] as const,
  ),
  // The table, cell by cell.
  ...forbiddenCells().map(
    ([unit, other]) =>
      [
        `${unit} → ${other}`,
        one(`${unit}/src/x.ts`, `import '#${other.split('/').at(-1) ?? ''}/there';`),
        ['forbidden'],
      ] as const,
  ),
  [
    'a decider in apps/query',
    one('apps/query/src/x.ts', "import '#domain/payout/decide-report';"),
    ['forbidden'],
  ],
  ['Node in the domain', one('libs/domain/src/x.ts', "import { join } from 'node:path';"), ['package']],
  [
    'Node by its old name in the domain',
    one('libs/domain/src/x.ts', "import { join } from 'path';"),
    ['package'],
  ],
  [
    'a built-in by call in the domain',
    one('libs/domain/src/x.ts', "process.getBuiltinModule('fs');"),
    ['package'],
  ],
  ['a package in the domain', one('libs/domain/src/x.ts', "import 'pino';"), ['package']],
  ['an undeclared package', one('libs/platform/src/x.ts', "import '@nestjs/core/x';"), ['package']],
  ["a test's package outside tests", one('libs/platform/src/x.ts', "import 'fast-check';"), ['package']],
  [
    'a relative way out of a lib',
    one('libs/messaging/src/x.ts', "import '../../platform/src/there.js';"),
    ['border'],
  ],
  [
    'a relative way out by URL',
    one('apps/audit/src/x.ts', "new URL('../../../libs/messaging/src/there.js', import.meta.url);"),
    ['border'],
  ],
  [
    'a relative way out of the tests',
    one('test/x.ts', "import '../libs/platform/src/there.js';"),
    ['border'],
  ],
  [
    "another adapter's folder",
    one('libs/providers/src/cashy/x.ts', "import '../dvpay/mapping.js';"),
    ['separate-folders'],
  ],
  [
    'a cycle of two',
    {
      ...one('libs/platform/src/a.ts', "import './b.js';"),
      ...one('libs/platform/src/b.ts', "import type { A } from './a.js';"),
    },
    ['cycle'],
  ],
  [
    'a cycle of three over two libs',
    {
      ...one('libs/platform/src/a.ts', "import '#domain/b';"),
      ...one('libs/domain/src/b.ts', "import './c.js';"),
      ...one('libs/domain/src/c.ts', "import '#platform/a';"),
    },
    ['forbidden', 'forbidden', 'cycle', 'unit-cycle'],
  ],
  [
    'a cycle between libs without one between files',
    {
      ...one('libs/messaging/src/x.ts', "import '#event-store/there';"),
      ...one('libs/event-store/src/x.ts', "import '#messaging/there';"),
    },
    ['forbidden', 'forbidden', 'unit-cycle'],
  ],
  ['index.ts in a lib', one('libs/platform/src/time/index.ts', 'export const x = 1;'), ['barrel']],
  ['a barrel by another name', one('libs/platform/src/all.ts', "export * from './there.js';"), ['barrel']],
  ['a file of 301 lines', { 'apps/query/src/x.ts': '//\n'.repeat(301) }, ['long-file']],
  ['a computed import', one('apps/query/src/x.ts', 'await import(name);'), ['computed']],
  ['a computed path', one('apps/query/src/x.ts', 'new URL(`./${name}.js`, import.meta.url);'), ['computed']],
  ['a require of its own', one('apps/query/src/x.ts', 'createRequire(import.meta.url);'), ['computed']],
  ['a reference', one('apps/query/src/x.ts', '/// <reference path="../x.ts" />\nexport {};'), ['computed']],
  ['a missing file', one('apps/query/src/x.ts', "import './nowhere.js';"), ['unresolved']],
  ['a missing name', one('apps/query/src/x.ts', "import '#domain/nowhere';"), ['unresolved']],
  ['an unknown name', one('apps/query/src/x.ts', "import '#nobody/there';"), ['unresolved']],
  ['an import without .js', one('apps/query/src/x.ts', "import './there';"), ['unresolved']],
  ['an address', one('apps/query/src/x.ts', "import 'file:///tmp/x.js';"), ['unresolved']],
  ['a folder that the table lacks', one('libs/helpers/src/x.ts', 'export const x = 1;'), ['unknown-unit']],
  [
    'a spec of the sandbox with our helpers',
    one('apps/sandbox/src/x.spec.ts', "import '#test/there';"),
    ['forbidden'],
  ],
  [
    'a spec that goes where its lib may not',
    one('libs/domain/src/x.spec.ts', "import '#platform/there';"),
    ['forbidden'],
  ],
];

const ALLOWED: readonly (readonly [string, Record<string, string>])[] = [
  ['nothing at all', {}],
  ['a neighbour', one('libs/domain/src/payout/x.ts', "import './decide-report.js';\nimport '../there.js';")],
  ['an allowed lib', one('apps/command/src/x.ts', "import '#domain/payout/decide-report';\nimport 'pino';")],
  [
    'a declared package with a path',
    one('libs/platform/src/x.ts', "import '@nestjs/common/x';\nimport 'node:fs';"),
  ],
  [
    'a spec with test helpers',
    one('libs/domain/src/x.spec.ts', "import '#test/there';\nimport 'fast-check';"),
  ],
  ['a worker beside its file', one('libs/platform/src/x.ts', "new URL('./there.js', import.meta.url);")],
  ['a fixture', one('libs/providers/src/x.ts', "new URL('../fixtures/vectors.json', import.meta.url);")],
  [
    'a program started by a test',
    one('test/x.ts', "new URL('../apps/sandbox/src/there.js', import.meta.url);"),
  ],
  ['any lib in a test', one('test/x.ts', "import '#domain/there';\nimport '#providers/dvpay/mapping';")],
  [
    'the word import in a text',
    one('libs/domain/src/x.ts', 'export const x = "import y from \'node:fs\'"; // import(z)'),
  ],
  ['a long spec', { 'libs/domain/src/x.spec.ts': '//\n'.repeat(900) }],
  ['a file of 300 lines', { 'apps/query/src/x.ts': '//\n'.repeat(300) }],
  ["a URL that isn't a file", one('apps/query/src/x.ts', 'new URL(address);\nnew URL(path, base);')],
];

/** Every pair of units that the table doesn't allow. */
function forbiddenCells(): (readonly [string, string])[] {
  const units = Object.keys(IMPORT_TABLE);
  return Object.entries(IMPORT_TABLE).flatMap(([unit, { may }]) =>
    [...units, 'test']
      .filter((other) => other !== unit && !may.includes(other))
      .map((other) => [unit, other] as const),
  );
}

describe('the check of the architecture', () => {
  for (const [what, files, rules] of CAUGHT) {
    it(`catches ${what}`, () => assert.deepEqual(check(files).rules, rules));
  }

  for (const [what, files] of ALLOWED) {
    it(`allows ${what}`, () => assert.deepEqual(check(files).rules, []));
  }

  it('knows what design.md forbids by name', () => {
    const forbidden = new Set(forbiddenCells().map((cell) => cell.join(' ')));
    const named = [
      'apps/command libs/read-models',
      ...['libs/event-store', 'libs/read-models'].map((lib) => `apps/callback ${lib}`),
      ...['projection', 'audit'].flatMap((app) => [
        `apps/${app} libs/messaging`,
        `apps/${app} libs/providers`,
      ]),
      ...['libs/event-store', 'libs/providers'].map((lib) => `apps/query ${lib}`),
      ...['event-store messaging', 'messaging event-store'].map(
        (pair) => `libs/${pair.replace(' ', ' libs/')}`,
      ),
      ...['event-store', 'messaging'].flatMap((lib) => [
        `libs/${lib} libs/providers`,
        `libs/${lib} libs/read-models`,
      ]),
      ...['messaging', 'providers'].map((lib) => `libs/read-models libs/${lib}`),
      'apps/sandbox libs/providers',
      'apps/embedded libs/domain',
      'libs/platform libs/domain',
      'libs/coordination libs/domain',
      'libs/domain libs/platform',
    ];
    assert.deepEqual(
      named.filter((cell) => !forbidden.has(cell)),
      [],
    );
  });

  it('counts imports', () => {
    assert.equal(check({}).imports, 0);
    assert.equal(check(one('libs/platform/src/x.ts', "import './there.js';\nimport 'pino';")).imports, 2);
  });

  it('takes exceptions only as long as they are needed', () => {
    const long = { 'apps/query/src/x.ts': '//\n'.repeat(301) };
    const loads = one('apps/query/src/y.ts', 'await import(name);');
    const entries = {
      longFiles: { 'apps/query/src/x.ts': 'r' },
      computedLoads: { 'apps/query/src/y.ts': 'r' },
    };
    assert.deepEqual(check({ ...long, ...loads }, entries).rules, []);
    assert.deepEqual(check({}, entries).rules, ['stale-entry', 'stale-entry']);
    assert.deepEqual(check({ 'apps/query/src/x.ts': '//\n', 'apps/query/src/y.ts': '//\n' }, entries).rules, [
      'stale-entry',
      'stale-entry',
    ]);
  });

  it("reads at least what the compiler's quick scan sees", () => {
    for (const [form, text] of Object.entries(FORMS)) {
      const found = readImports('x.ts', text).imports.map(({ specifier }) => specifier);
      assert.deepEqual(found, ['#read-models/there'], form);
      for (const specifier of quickScan(text)) assert.ok(found.includes(specifier), form);
    }
  });

  it('finds circles, each once', () => {
    const graph = (edges: string): Map<string, Set<string>> => {
      const nodes = new Map<string, Set<string>>();
      for (const [from = '', to = ''] of edges.split(' ').map((edge) => edge.split('>'))) {
        nodes.set(from, (nodes.get(from) ?? new Set()).add(to));
      }
      return nodes;
    };
    assert.deepEqual(cyclesOf(graph('a>b b>c a>c d>c')), []);
    assert.deepEqual(cyclesOf(graph('a>b b>a')), [['a', 'b']]);
    assert.deepEqual(cyclesOf(graph('x>a a>b b>c c>a c>d d>e e>d')), [
      ['d', 'e'],
      ['a', 'b', 'c'],
    ]);
  });
});

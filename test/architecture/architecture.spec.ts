import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { checkTree, unitOf, type CheckResult, type SourceTree } from './check-tree.js';
import { cyclesOf } from './cycles.js';
import {
  COMPUTED_LOADS,
  IMPORT_TABLE,
  LONG_FILES,
  LONGEST_FILE,
  SEPARATE_FOLDERS,
  type UnitRule,
} from './import-table.js';
import { quickScan, readImports } from './read-imports.js';

/** Tests run from dist; the sources lie under the folder in which npm runs them. */
const ROOT = process.cwd();
const FOLDERS = ['apps', 'libs', 'test', 'docs'];

interface PackageJson {
  readonly imports: Readonly<Record<string, { readonly source: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The files that the compiler compiles, by tsconfig.json. */
function readTree(): SourceTree {
  const config = ts.readConfigFile(resolve(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const manifest = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as PackageJson;
  return {
    files: new Map(
      fileNames.map((path) => [relative(ROOT, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
    ),
    aliases: Object.fromEntries(Object.entries(manifest.imports).map(([name, { source }]) => [name, source])),
    dependencies: Object.keys(manifest.dependencies),
    devDependencies: Object.keys(manifest.devDependencies),
  };
}

/** What really lies in the folders: counted apart from the compiler, so that nothing is left out unseen. */
function listCode(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(resolve(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
      .map((entry) => relative(ROOT, resolve(entry.parentPath, entry.name)).split(sep).join('/')),
  );
}

describe('the architecture', () => {
  const tree = readTree();
  const result: CheckResult = checkTree(tree, {
    table: IMPORT_TABLE,
    separateFolders: SEPARATE_FOLDERS,
    longestFile: LONGEST_FILE,
    longFiles: LONG_FILES,
    computedLoads: COMPUTED_LOADS,
  });

  it('is checked on every file that the folders hold', (t) => {
    const listed = listCode();
    assert.ok(listed.length > 0, 'no file was found: is this the root of the project?');
    assert.deepEqual([...tree.files.keys()].sort(), listed.sort(), 'code that the compiler does not see');
    assert.ok(result.imports > 0, 'no import was found');
    t.diagnostic(
      `${tree.files.size} files, ${result.imports} imports, ${result.edges.length} of them between our files`,
    );
  });

  it("agrees with the compiler's own scan on what is imported", () => {
    for (const [file, text] of tree.files) {
      const found = new Set(readImports(file, text).imports.map(({ specifier }) => specifier));
      assert.deepEqual(
        quickScan(text).filter((specifier) => !found.has(specifier)),
        [],
        file,
      );
    }
  });

  it('has no import that the table forbids, no cycle, no barrel, no file that is too long', () => {
    const lines = result.violations.map(
      ({ rule, file, line, message }) => `${file}:${line} ${rule}: ${message}`,
    );
    assert.deepEqual(lines, []);
  });

  for (const unit of ['apps/sandbox', 'apps/demo', 'libs/domain']) {
    it(`lets nothing of ${unit} import another folder`, () => {
      const own = [...tree.files.keys()].filter(
        (file) => unitOf(file) === unit && !file.endsWith('.spec.ts'),
      );
      assert.ok(own.length > 0, `${unit} has no file`);
      const leaving = result.edges.filter(({ from, to }) => own.includes(from) && unitOf(to) !== unit);
      assert.deepEqual(leaving, []);
    });
  }

  it('has a table that names only what there is, without a circle', () => {
    const rules: [string, UnitRule][] = Object.entries(IMPORT_TABLE);
    const units = new Set([...tree.files.keys()].map(unitOf));
    for (const [unit, { may }] of rules) {
      for (const name of [unit, ...may]) assert.ok(units.has(name), `${name} has no file`);
    }
    assert.deepEqual(cyclesOf(new Map(rules.map(([unit, { may }]) => [unit, new Set(may)]))), []);
    for (const folder of SEPARATE_FOLDERS) {
      assert.ok(
        [...tree.files.keys()].some((file) => file.startsWith(`${folder}/`)),
        `${folder} has no file`,
      );
    }
  });
});

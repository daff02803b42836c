import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { cyclesOf } from './cycles.js';
import type { UnitRule } from './import-table.js';
import { readImports, type FoundImport, type SourceReading } from './read-imports.js';

/** Source files by their path from the project's root, and what package.json says. */
export interface SourceTree {
  readonly files: ReadonlyMap<string, string>;
  /** Subpath imports: `#domain/*` → `./libs/domain/src/*.ts`. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

export interface Rules {
  readonly table: Readonly<Record<string, UnitRule>>;
  readonly separateFolders: readonly string[];
  readonly longestFile: number;
  readonly longFiles: Readonly<Record<string, string>>;
  readonly computedLoads: Readonly<Record<string, string>>;
}

export type RuleName =
  | 'barrel'
  | 'border'
  | 'computed'
  | 'cycle'
  | 'forbidden'
  | 'long-file'
  | 'package'
  | 'separate-folders'
  | 'stale-entry'
  | 'unit-cycle'
  | 'unknown-unit'
  | 'unresolved';

export interface Violation {
  readonly rule: RuleName;
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface CheckResult {
  readonly violations: readonly Violation[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly imports: number;
}

type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'asset' }
  | { readonly kind: 'unresolved' };

const isTest = (path: string): boolean => path.startsWith('test/') || path.endsWith('.spec.ts');

/** `libs/<name>`, `apps/<name>`, `docs/examples` or `test`. */
export function unitOf(path: string): string {
  const [top = '', name = ''] = path.split('/');
  return top === 'test' ? 'test' : `${top}/${name}`;
}

/** Checks a tree against the rules. Pure: what it looks at is what it is given. */
export function checkTree(tree: SourceTree, rules: Rules): CheckResult {
  const violations: Violation[] = [];
  const edges: { from: string; to: string }[] = [];
  let imports = 0;

  for (const [file, text] of tree.files) {
    const reading = readImports(file, text);
    imports += reading.imports.length;
    violations.push(...checkFile(file, reading, rules));
    for (const found of reading.imports) {
      const target = resolve(tree, file, found);
      if (target.kind === 'file') edges.push({ from: file, to: target.path });
      const complaint = checkImport(tree, rules, file, found, target);
      if (complaint !== undefined) violations.push({ ...complaint, file, line: found.line });
    }
  }
  violations.push(...checkCycles(tree, edges), ...checkEntries(tree, rules));
  return { violations, edges, imports };
}

function checkFile(file: string, reading: SourceReading, rules: Rules): readonly Violation[] {
  const violations: Violation[] = [];
  const complain = (rule: RuleName, line: number, message: string): void => {
    violations.push({ rule, file, line, message });
  };
  if (unitOf(file) !== 'test' && rules.table[unitOf(file)] === undefined) {
    complain('unknown-unit', 1, `${unitOf(file)} is not in the import table`);
  }
  if (file.startsWith('libs/') && (posix.basename(file) === 'index.ts' || reading.isBarrel)) {
    complain('barrel', 1, 'a barrel hides who needs what: import the file itself');
  }
  if (!isTest(file) && reading.lines > rules.longestFile && rules.longFiles[file] === undefined) {
    complain('long-file', rules.longestFile, `${reading.lines} lines: does it do one thing?`);
  }
  if (!isTest(file) && rules.computedLoads[file] === undefined) {
    for (const { what, line } of reading.hidden) complain('computed', line, `${what}: nobody can check it`);
  }
  return violations;
}

function resolve({ files, aliases }: SourceTree, from: string, { specifier, kind }: FoundImport): Target {
  if (kind === 'url' || specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier);
    const source = path.replace(/\.js$/, '.ts');
    if (path.endsWith('.js') && files.has(source)) return { kind: 'file', path: source };
    return kind === 'url' && !/\.[cm]?[jt]sx?$/.test(path) ? { kind: 'asset' } : { kind: 'unresolved' };
  }
  if (specifier.startsWith('#')) {
    for (const [pattern, source] of Object.entries(aliases)) {
      const prefix = pattern.replace(/\*$/, '');
      if (!specifier.startsWith(prefix)) continue;
      const path = posix.normalize(source.replace('*', specifier.slice(prefix.length)));
      return files.has(path) ? { kind: 'file', path } : { kind: 'unresolved' };
    }
    return { kind: 'unresolved' };
  }
  if (isBuiltin(specifier)) return { kind: 'package', name: specifier };
  // An absolute path or an address.
  if (specifier.startsWith('/') || specifier.includes(':')) return { kind: 'unresolved' };
  const parts = specifier.split('/');
  return { kind: 'package', name: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}

function checkImport(
  tree: SourceTree,
  rules: Rules,
  from: string,
  found: FoundImport,
  target: Target,
): Pick<Violation, 'rule' | 'message'> | undefined {
  switch (target.kind) {
    case 'asset':
      return undefined;
    case 'unresolved':
      return { rule: 'unresolved', message: `${found.specifier} is no file of this project` };
    case 'package':
      return checkPackage(tree, rules, from, target.name);
    case 'file':
      return checkTarget(rules, from, found, target.path);
  }
}

function checkPackage(
  tree: SourceTree,
  rules: Rules,
  from: string,
  name: string,
): Pick<Violation, 'rule' | 'message'> | undefined {
  if (!isTest(from) && rules.table[unitOf(from)]?.packages === 'none') {
    return { rule: 'package', message: `${unitOf(from)} imports no package and nothing of Node: ${name}` };
  }
  if (isBuiltin(name)) return undefined;
  const declared = isTest(from) ? [...tree.dependencies, ...tree.devDependencies] : tree.dependencies;
  if (declared.includes(name)) return undefined;
  return { rule: 'package', message: `package.json doesn't list ${name} for this use` };
}

function checkTarget(
  rules: Rules,
  from: string,
  found: FoundImport,
  to: string,
): Pick<Violation, 'rule' | 'message'> | undefined {
  const [fromUnit, toUnit] = [unitOf(from), unitOf(to)];
  if (fromUnit === toUnit) return checkSeparateFolders(rules, from, to);
  // Tests start programs by their path; nothing else reaches over a border without a name.
  const startsAProgram = found.kind === 'url' && fromUnit === 'test';
  if (!found.specifier.startsWith('#') && !startsAProgram) {
    return {
      rule: 'border',
      message: `${found.specifier} leaves ${fromUnit}: use the name that begins with #`,
    };
  }
  if (fromUnit === 'test') return undefined;
  const rule = rules.table[fromUnit];
  if (rule === undefined) return undefined;
  const isSpec = isTest(from);
  if (isSpec && toUnit === 'test' && rule.specsStandAlone !== true) return undefined;
  if (!rule.may.includes(toUnit) || (rule.except?.some((pattern) => pattern.test(to)) ?? false)) {
    return { rule: 'forbidden', message: `${fromUnit} may not import ${to}: ${rule.because}` };
  }
  return undefined;
}

function checkSeparateFolders(
  rules: Rules,
  from: string,
  to: string,
): Pick<Violation, 'rule' | 'message'> | undefined {
  const folderOf = (path: string): string | undefined =>
    rules.separateFolders.find((folder) => path.startsWith(`${folder}/`));
  const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
  if (fromFolder === undefined || toFolder === undefined || fromFolder === toFolder) return undefined;
  return { rule: 'separate-folders', message: `${fromFolder} and ${toFolder} must not know each other` };
}

function checkCycles(tree: SourceTree, edges: CheckResult['edges']): readonly Violation[] {
  const files = new Map([...tree.files.keys()].map((file) => [file, new Set<string>()]));
  const units = new Map([...tree.files.keys()].map((file) => [unitOf(file), new Set<string>()]));
  for (const { from, to } of edges) {
    if (from !== to) files.get(from)?.add(to);
    if (!isTest(from) && unitOf(from) !== unitOf(to)) units.get(unitOf(from))?.add(unitOf(to));
  }
  const violation = (rule: RuleName, members: readonly string[]): Violation => ({
    rule,
    file: members[0] ?? '',
    line: 1,
    message: `these import each other: ${members.join(', ')}`,
  });
  return [
    ...cyclesOf(files).map((members) => violation('cycle', members)),
    ...cyclesOf(units).map((members) => violation('unit-cycle', members)),
  ];
}

function checkEntries(tree: SourceTree, rules: Rules): readonly Violation[] {
  const stale = (file: string, message: string): Violation => ({
    rule: 'stale-entry',
    file,
    line: 1,
    message,
  });
  const violations: Violation[] = [];
  for (const file of Object.keys(rules.longFiles)) {
    const text = tree.files.get(file);
    if (text === undefined || readImports(file, text).lines <= rules.longestFile) {
      violations.push(stale(file, 'its entry among the long files is not needed any more'));
    }
  }
  for (const file of Object.keys(rules.computedLoads)) {
    const text = tree.files.get(file);
    if (text === undefined || readImports(file, text).hidden.length === 0) {
      violations.push(stale(file, 'its entry among the computed loads is not needed any more'));
    }
  }
  return violations;
}

import ts from 'typescript';

export interface FoundImport {
  readonly specifier: string;
  readonly line: number;
  /** `url`: `new URL('…', import.meta.url)`, a path beside the file; `code`: everything else. */
  readonly kind: 'code' | 'url';
}

export interface HiddenImport {
  readonly what: string;
  readonly line: number;
}

export interface SourceReading {
  readonly imports: readonly FoundImport[];
  /** What loads code without saying which. */
  readonly hidden: readonly HiddenImport[];
  /** Nothing in it but `export … from`. */
  readonly isBarrel: boolean;
  readonly lines: number;
}

/** Reads what a source file imports, with the compiler's parser: in every form in which code can name other code. */
export function readImports(path: string, text: string): SourceReading {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const imports: FoundImport[] = [];
  const hidden: HiddenImport[] = [];
  const lineOf = (node: ts.Node): number =>
    source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;

  const found = (node: ts.Node | undefined, at: ts.Node, kind: FoundImport['kind'], what: string): void => {
    if (node !== undefined && ts.isStringLiteralLike(node)) {
      imports.push({ specifier: node.text, line: lineOf(at), kind });
    } else {
      hidden.push({ what, line: lineOf(at) });
    }
  };

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) found(node.moduleSpecifier, node, 'code', 'import');
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      found(node.moduleSpecifier, node, 'code', 'export from');
    } else if (ts.isExternalModuleReference(node)) found(node.expression, node, 'code', 'import = require');
    else if (ts.isImportTypeNode(node)) {
      found(
        ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined,
        node,
        'code',
        'import type',
      );
    } else if (ts.isCallExpression(node)) visitCall(node);
    else if (ts.isNewExpression(node)) visitNew(node);
    ts.forEachChild(node, visit);
  };

  const visitCall = (call: ts.CallExpression): void => {
    const callee = call.expression;
    const [argument] = call.arguments;
    if (callee.kind === ts.SyntaxKind.ImportKeyword)
      found(argument, call, 'code', 'import() of a computed name');
    else if (ts.isIdentifier(callee) && callee.text === 'require')
      found(argument, call, 'code', 'computed require');
    else if (ts.isIdentifier(callee) && callee.text === 'createRequire')
      hidden.push({ what: 'createRequire', line: lineOf(call) });
    else if (!ts.isPropertyAccessExpression(callee)) return;
    else if (callee.name.text === 'getBuiltinModule')
      found(argument, call, 'code', 'computed getBuiltinModule');
    else if (callee.name.text === 'resolve' && ts.isMetaProperty(callee.expression)) {
      found(argument, call, 'code', 'import.meta.resolve of a computed name');
    }
  };

  const visitNew = (node: ts.NewExpression): void => {
    const [argument, base] = node.arguments ?? [];
    const besideThisFile =
      base !== undefined &&
      ts.isPropertyAccessExpression(base) &&
      base.name.text === 'url' &&
      ts.isMetaProperty(base.expression);
    if (besideThisFile) found(argument, node, 'url', 'new URL of a computed name');
  };

  visit(source);
  for (const reference of [...source.referencedFiles, ...source.typeReferenceDirectives]) {
    hidden.push({ what: `/// <reference ${reference.fileName}>`, line: 1 });
  }
  const isBarrel =
    source.statements.length > 0 &&
    source.statements.every((node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined);
  return { imports, hidden, isBarrel, lines: text.replace(/\n$/, '').split('\n').length };
}

/** What the compiler's own quick scan sees: a second opinion, to notice what the walk above might miss. */
export function quickScan(text: string): readonly string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

import tseslint from 'typescript-eslint';

/**
 * What may reach the outside world only through a port of libs/platform: time, timers, ids, randomness and
 * outgoing HTTP. The whole system runs on a seed because of it (docs/adr/0004-ports-for-everything-random.md).
 */
const nondeterminism = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval', 'setImmediate', 'fetch', 'performance', 'crypto'].map((name) => ({
      name,
      message: 'Use the port in libs/platform (Clock, Ids, OutboundHttp).',
    })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Use Clock.now().' },
    { object: 'Math', property: 'random', message: 'Use Ids.' },
    { object: 'process', property: 'hrtime', message: 'Use Clock.monotonicMs().' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Use Clock.now().' },
    { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: [
        {
          name: 'node:crypto',
          importNames: ['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'],
          message: 'Use Ids.',
        },
        { name: 'node:timers/promises', message: 'Use Clock.sleep().' },
        { name: 'node:timers', message: 'Use Clock.' },
        { name: 'node:http', message: 'Use OutboundHttp, or Nest for a server.' },
        { name: 'node:https', message: 'Use OutboundHttp.' },
        { name: 'undici', message: 'Use OutboundHttp.' },
        { name: 'uuid', message: 'Use Ids.' },
      ],
    },
  ],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { requireDefaultForNonUnion: true, considerDefaultExhaustiveForUnions: false },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
      ...nondeterminism,
    },
  },
  {
    // The adapters of the ports themselves, the programs that stand outside the ledger, and the tests' own drivers.
    files: [
      'libs/platform/src/*/system-*.ts',
      'libs/platform/src/ids/uuid-v5.ts',
      'apps/sandbox/**',
      'apps/demo/**',
      'test/**',
    ],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
      'no-restricted-imports': 'off',
    },
  },
  {
    // node:test's describe and it return promises that the runner itself awaits.
    files: ['test/**', '**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['describe', 'it', 'test', 'suite'], package: 'node:test' },
          ],
        },
      ],
    },
  },
);

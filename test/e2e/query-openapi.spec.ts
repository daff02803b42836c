import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { COMMAND_SHAPES } from '#messaging/contracts/commands.v1';
import { BENEFICIARY } from '#messaging/contracts/beneficiary.v1';
import { QueryFixture } from '#test/support/query/query-fixture';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const ROUTES = [
  'GET /',
  'GET /health/live',
  'GET /health/ready',
  'GET /v1/payouts',
  'POST /v1/payouts',
  'GET /v1/payouts/{payoutId}',
  'POST /v1/payouts/{payoutId}/cancel',
  'GET /v1/accounts',
  'POST /v1/accounts',
  'GET /v1/accounts/{accountId}',
  'GET /v1/accounts/{accountId}/instructions/{instructionId}',
  'POST /v1/accounts/{accountId}/deposits',
  'POST /v1/accounts/{accountId}/close',
];

describe('the OpenAPI document', () => {
  let api: QueryFixture;
  let document: Document;
  const operations = (): readonly (readonly [string, Operation])[] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    );

  before(async () => {
    api = await QueryFixture.start();
    const answer = await api.get('/openapi.json');
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    document = answer.body;
  });
  after(() => api.stop());

  it('is of version 3.1 and names every route, and no other', () => {
    assert.match(document.openapi, /^3\.1\.\d+$/);
    assert.ok(document.info.title && document.info.version);
    assert.deepEqual(
      operations()
        .map(([route]) => route)
        .toSorted(),
      ROUTES.toSorted(),
    );
  });

  it('is whole: every reference leads somewhere, ids are unique, parameters are declared', () => {
    const text = JSON.stringify(document);
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      assert.ok(document.components.schemas[name], name);
    }
    const ids = operations().map(([, { operationId }]) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const [route, { parameters, responses, summary }] of operations()) {
      assert.ok(summary, route);
      const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      assert.deepEqual(declared, inPath, route);
      assert.equal(new Set(parameters.map(({ name }) => name)).size, parameters.length, route);
      for (const [status, { description }] of Object.entries(responses))
        assert.ok(description, `${route} ${status}`);
    }
  });

  it('has nothing of 3.0 that 3.1 no longer knows', () => {
    const visit = (node: Json, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [name, value] of Object.entries(node)) {
        assert.notEqual(name, 'nullable', path);
        if (name === 'exclusiveMinimum' || name === 'exclusiveMaximum')
          assert.equal(typeof value, 'number', path);
        visit(value, `${path}/${name}`);
      }
    };
    visit(document as unknown as Json, '');
  });

  it('describes problems, callers and idempotency keys where they belong', () => {
    for (const [route, operation] of operations()) {
      if (!route.includes(' /v1/')) continue;
      assert.deepEqual(operation.security, [{ bearer: [] }], route);
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const type = Number(status) < 400 ? 'application/json' : 'application/problem+json';
        assert.deepEqual(Object.keys(content ?? {}), [type], `${route} ${status}`);
      }
      const key = operation.parameters.find(({ name }) => name === 'Idempotency-Key');
      assert.equal(key?.required, route.startsWith('POST') ? true : undefined, route);
      assert.equal(operation.requestBody !== undefined, route.startsWith('POST'), route);
    }
  });

  it('describes the bodies as the wire contract reads them', () => {
    const bodies = {
      RequestPayoutBody: [new COMMAND_SHAPES.RequestPayout(), []],
      OpenAccountBody: [new COMMAND_SHAPES.OpenAccount(), []],
      DepositBody: [new COMMAND_SHAPES.Deposit(), ['accountId']],
      CloseAccountBody: [new COMMAND_SHAPES.CloseAccount(), ['accountId']],
      CancelPayoutBody: [new COMMAND_SHAPES.CancelPayout(), ['payoutId']],
      BankAccountBody: [new BENEFICIARY.shapes['bank-account'](), []],
      PhoneWalletBody: [new BENEFICIARY.shapes['phone-wallet'](), []],
      CryptoWalletBody: [new BENEFICIARY.shapes['crypto-wallet'](), []],
      StoredMethodBody: [new BENEFICIARY.shapes['stored-method'](), []],
    } as const;
    for (const [name, [shape, inAddress]] of Object.entries(bodies)) {
      const fields = Object.keys(shape).filter((field) => !(inAddress as readonly string[]).includes(field));
      assert.deepEqual(Object.keys(document.components.schemas[name]?.properties ?? {}), fields, name);
    }
  });

  it('describes answers as they are', async () => {
    await api.post('/v1/accounts', { accountId: 'acme', currency: 'USD' }, { 'idempotency-key': 'a' });
    const payout = {
      accountId: 'acme',
      amount: '12.50',
      currency: 'USD',
      provider: 'goldenpay',
      beneficiary: { kind: 'crypto-wallet', address: 'T123' },
    };
    const { body } = await api.post('/v1/payouts', payout, { 'idempotency-key': 'p' });
    const { payoutId, position } = body as { payoutId: string; position: string };
    const samples = {
      PayoutCommandView: body,
      PayoutWithTimelineView: (await api.get(`/v1/payouts/${payoutId}?minPosition=${position}`)).body,
      AccountView: (await api.get(`/v1/accounts/acme?minPosition=${position}`)).body,
      ProblemView: (await api.get('/v1/accounts/nobody')).body,
    } as const;
    for (const [name, sample] of Object.entries<object>(samples)) {
      const schema = document.components.schemas[name];
      const fields = Object.keys(sample);
      const unknown = fields.filter((field) => schema?.properties?.[field] === undefined);
      const missing = (schema?.required ?? []).filter((field) => !fields.includes(field));
      assert.deepEqual([unknown, missing], [[], []], name);
    }
  });

  it('is shown by a page that loads everything from here', async () => {
    const { status, body } = await api.get('/docs');
    const page: string = body;
    assert.equal(status, 200);
    const sources = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, source = '']) => source);
    assert.ok(sources.length >= 4);
    for (const source of sources) {
      assert.doesNotMatch(source, /^(?:https?:)?\/\//);
      assert.equal((await api.get(new URL(source, 'http://here/docs').pathname)).status, 200, source);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { CONTRACTS } from '#messaging/contracts/catalogue';
import { HEADERS } from '#messaging/contracts/headers';
import { PARKED_HEADERS } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { page } from '../pages.js';
import { ASYNCAPI_FILE } from './contract-files.js';
import { ajv2020 } from './validators.js';

interface Reference {
  readonly $ref: string;
}

interface Message {
  readonly headers: Reference;
  readonly payload: Reference | object;
  readonly bindings: { readonly kafka: { readonly key: object } };
  readonly examples?: readonly { readonly headers: unknown; readonly payload: unknown }[];
}

interface Operation {
  readonly channel: Reference;
  readonly messages: readonly Reference[];
  readonly reply?: Operation & { readonly address: { readonly location: string } };
}

interface Document {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Readonly<Record<string, Reference>> }>
  >;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>;
    readonly schemas: Readonly<Record<string, { readonly properties: object }>>;
  };
}

describe(ASYNCAPI_FILE, () => {
  const document = parse(page(ASYNCAPI_FILE)) as Document;

  /** What a reference of the document points at; undefined: nothing. */
  function at({ $ref }: Reference): unknown {
    let found: unknown = document;
    for (const part of $ref.replace(/^#\//, '').split('/'))
      found = (found as Readonly<Record<string, unknown>> | undefined)?.[part];
    return found;
  }

  it('is a document of AsyncAPI 3.0.0', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const schema: object = specs.schemasWithoutId['3.0.0'];
    const validate = ajv.compile(schema);
    assert.ok(validate(document), JSON.stringify(validate.errors, undefined, 2));
  });

  it('points at nothing that it has not', () => {
    const visit = (node: unknown): number => {
      if (typeof node !== 'object' || node === null) return 0;
      if ('$ref' in node) {
        assert.notEqual(at(node as Reference), undefined, String(node.$ref));
        return 1;
      }
      return Object.values(node).reduce((sum: number, inner) => sum + visit(inner), 0);
    };
    assert.ok(visit(document) > 50);
  });

  it('has every topic with its messages, and uses each in an operation', () => {
    const { channels, operations, components } = document;
    assert.deepEqual(
      Object.values(channels).map(({ address }) => address),
      Object.values(TOPICS),
    );
    for (const { topic, messages } of CONTRACTS) {
      const channel = Object.values(channels).find(({ address }) => address === topic);
      const expected = messages.length === 0 ? ['ParkedMessage'] : messages.map(({ type }) => type);
      assert.deepEqual(Object.keys(channel?.messages ?? {}), expected);
    }
    const all = Object.values(operations).flatMap((operation) => [
      operation,
      ...(operation.reply === undefined ? [] : [operation.reply]),
    ]);
    const used = new Set<string>();
    for (const { channel, messages } of all) {
      for (const message of messages) {
        assert.ok(message.$ref.startsWith(`${channel.$ref}/messages/`), message.$ref);
        used.add((at(message) as Reference).$ref);
      }
    }
    assert.deepEqual(
      [...used].sort(),
      Object.keys(components.messages)
        .map((name) => `#/components/messages/${name}`)
        .sort(),
    );
  });

  it('says which headers there are', () => {
    const names = (topic: string): readonly string[] =>
      Object.keys(document.components.schemas[`${topic}.headers`]?.properties ?? {});
    assert.deepEqual(names(TOPICS.commands), Object.values(HEADERS));
    assert.deepEqual(names(TOPICS.parked), Object.values(PARKED_HEADERS));
    assert.equal(
      document.operations['takeCommand']?.reply?.address.location,
      `$message.header#/${HEADERS.replyTo}`,
    );
  });

  for (const [name, message] of Object.entries(document.components.messages)) {
    it(`${name}: its examples are of its own schemas`, () => {
      const ajv = ajv2020();
      assert.ok(ajv.compile(message.bindings.kafka.key));
      const isHeaders = ajv.compile(at(message.headers) as object);
      if (name === 'ParkedMessage') return;
      assert.ok('$ref' in message.payload);
      const isPayload = ajv.compile(at(message.payload) as object);
      assert.equal(message.examples?.length, 1);
      for (const { headers, payload } of message.examples) {
        assert.ok(isHeaders(headers), JSON.stringify(isHeaders.errors));
        assert.ok(isPayload(payload), JSON.stringify(isPayload.errors));
      }
    });
  }
});

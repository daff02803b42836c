import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { CONTRACTS } from '#messaging/contracts/catalogue';
import { TOPICS } from '#messaging/topics';
import { page, ROOT } from '../pages.js';
import { contractFiles, publishedBreaks, readPublished, SCHEMAS } from './contract-files.js';
import { EXAMPLES } from './examples.js';
import { ajv2020, publishedValidator } from './validators.js';

const REMEDY = 'run: npm run contracts';

describe('docs/contracts/', async () => {
  const files = await contractFiles();

  it('breaks nothing that is published', () => {
    assert.deepEqual(publishedBreaks(readPublished()), []);
  });

  for (const [path, text] of files) {
    it(`${path} is what the code says`, () => {
      assert.ok(existsSync(new URL(path, ROOT)), `${path} is missing; ${REMEDY}`);
      assert.equal(page(path), text, `${path} differs from the code; ${REMEDY}`);
    });
  }

  it('has no file of a message that there is no more', () => {
    const made = readdirSync(new URL('docs/contracts/', ROOT), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'README.md')
      .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('//', '/'));
    assert.equal(made.length, files.size, made.join('\n'));
    for (const path of made)
      assert.ok(
        [...files.keys()].some((known) => path.endsWith(known)),
        path,
      );
  });

  it('has every topic, and a schema of each message and of the headers', () => {
    assert.deepEqual(
      CONTRACTS.map(({ topic }) => topic),
      Object.values(TOPICS),
    );
    const names = SCHEMAS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      EXAMPLES.map(({ type }) => type).sort(),
      names.filter((name) => !name.endsWith('.headers')).sort(),
    );
  });

  for (const { name } of SCHEMAS) {
    it(`${name} is a schema of draft 2020-12`, () => assert.ok(publishedValidator(name)));
  }
});

/**
 * What CloudEvents 1.0.2 asks of an event in JSON (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 * and formats/json-format.md), in our words.
 */
const CLOUD_EVENT = {
  type: 'object',
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', minLength: 1, format: 'uri-reference' },
    type: { type: 'string', minLength: 1 },
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { const: 'application/json' },
    data: { type: 'object' },
    data_base64: false,
  },
  required: ['specversion', 'id', 'source', 'type', 'data'],
  propertyNames: { pattern: '^[a-z0-9]+$' },
};

describe('the examples of docs/contracts/', () => {
  const isCloudEvent = ajv2020().compile({ ...CLOUD_EVENT, $id: 'cloud-event' });
  for (const { type, headers, key, value } of EXAMPLES) {
    const message = JSON.parse(new TextDecoder().decode(value)) as unknown;
    const { topic = '' } = CONTRACTS.find(({ messages }) => messages.some((one) => one.type === type)) ?? {};

    it(`${type} is of its schema, and its headers are of theirs`, () => {
      const validate = publishedValidator(type);
      assert.ok(validate(message), JSON.stringify(validate.errors));
      const validateHeaders = publishedValidator(`${topic}.headers`);
      assert.ok(validateHeaders(headers), JSON.stringify(validateHeaders.errors));
      const keySchema = CONTRACTS.find((contract) => contract.topic === topic)?.key ?? {};
      assert.ok(ajv2020().compile(keySchema)(key), key);
    });

    it(`${type} is a CloudEvent 1.0`, () => {
      assert.ok(isCloudEvent(message), JSON.stringify(isCloudEvent.errors));
    });
  }
});

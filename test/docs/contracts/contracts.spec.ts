import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { CONTRACTS } from '#messaging/contracts/catalogue';
import { HEADERS } from '#messaging/contracts/headers';
import { TOPICS } from '#messaging/topics';
import { fencedBlocks, page, ROOT } from '../pages.js';
import { contractFiles, publishedBreaks, readPublished, SCHEMAS } from './contract-files.js';
import { EXAMPLES, exampleOf } from './examples.js';
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

describe('docs/contracts/README.md', () => {
  const readme = page('docs/contracts/README.md');
  const calls = fencedBlocks(readme).filter(({ words }) => words[1] === 'kcat');

  it('names files that there are', () => {
    const base = new URL('docs/contracts/', ROOT);
    const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target);
    assert.ok(targets.length > 5);
    for (const target of targets)
      if (!target.startsWith('https://')) assert.ok(existsSync(new URL(target, base)), target);
  });

  it('sends the examples with kcat under the key and headers that they have', () => {
    const sent = calls.filter(({ text }) => text.includes('kcat -P'));
    assert.equal(sent.length, 3);
    for (const { text } of sent) {
      const [, file = ''] = /(docs\/contracts\/examples\/\S+)\.json/.exec(text) ?? [];
      const { key, headers } = exampleOf(file.replace('docs/contracts/examples/', ''));
      assert.ok(text.includes(` -k ${key} `), text);
      for (const name of [HEADERS.contentType, HEADERS.correlationId])
        assert.ok(text.includes(` -H ${name}=${headers[name] ?? ''} `), text);
      assert.ok(text.includes(`-t ${TOPICS.commands} -X topic.partitioner=murmur2_random `), text);
    }
  });

  it('looks for the reply and the events of the payout that it asked for', () => {
    const [reply = '', events = ''] = calls.slice(3).map(({ text }) => text);
    const asked = exampleOf('payout.command.RequestPayout.v1');
    assert.ok(reply.includes(`-t ${TOPICS.replies} `));
    assert.ok(reply.includes(`${HEADERS.correlationId}=${asked.headers[HEADERS.correlationId] ?? ''}`));
    assert.ok(events.includes(`-t ${TOPICS.events} `));
    const { data } = JSON.parse(new TextDecoder().decode(exampleOf('payout.reply.v1').value)) as {
      readonly data: { readonly payoutId: string };
    };
    assert.ok(events.includes(`"payoutId":"${data.payoutId}"`));
    assert.ok(readme.includes(`\`data.payoutId\` is \`${data.payoutId}\``));
  });
});

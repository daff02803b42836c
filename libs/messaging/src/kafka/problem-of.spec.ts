import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import kafkajs from 'kafkajs';
import { readConfig } from '#platform/config/read-config';
import { isConnection, NoAnswerError, problemOf, TopicMissingError } from './problem-of.js';
import { KAFKA_SETTINGS } from './settings.js';

const settings = readConfig(KAFKA_SETTINGS, {
  KAFKA_BROKERS: 'kafka:9092',
  KAFKA_SASL_MECHANISM: 'plain',
  KAFKA_SASL_USERNAME: 'payout',
  KAFKA_SASL_PASSWORD: 'hunter2',
});

function protocol(type: string): Error {
  return new kafkajs.KafkaJSProtocolError({
    message: 'x',
    type,
    code: 1,
    retriable: false,
  } as unknown as Error);
}

function named(name: string): Error {
  return Object.assign(new Error('no'), { name });
}

function connection(code: string): Error {
  return Object.assign(new kafkajs.KafkaJSConnectionError(`connect ${code}`), { code });
}

/** As kafkajs does it; its declaration of the constructor leaves the cause out. */
function wrapped(cause: Error): Error {
  return Object.assign(new kafkajs.KafkaJSNonRetriableError(cause.message), { cause });
}

describe('a problem with Kafka', () => {
  const known: readonly (readonly [Error, RegExp, boolean])[] = [
    [
      connection('ECONNREFUSED'),
      /can't be reached at kafka:9092 \(ECONNREFUSED: start it, or correct KAFKA_BROKERS/,
      true,
    ],
    [new NoAnswerError('read', 5), /no answer from there: start it/, true],
    [new TopicMissingError(['t']), /has no topic t: make it with npm run topics/, false],
    [named('KafkaJSSASLAuthenticationError'), /refuses the login of payout: correct KAFKA_SASL_/, false],
    [protocol('SASL_AUTHENTICATION_FAILED'), /refuses the login of payout/, false],
    [protocol('TOPIC_AUTHORIZATION_FAILED'), /lets payout not do this .*grant/, false],
    [protocol('MESSAGE_TOO_LARGE'), /max\.message\.bytes/, false],
    [protocol('NOT_ENOUGH_REPLICAS'), /too few brokers in sync/, false],
    [connection('DEPTH_ZERO_SELF_SIGNED_CERT'), /not trusted .*KAFKA_TLS_CA_FILE/, true],
    [protocol('SOMETHING_ELSE'), /answers SOMETHING_ELSE/, false],
    [new TypeError('a defect'), /^a defect$/, false],
  ];
  for (const [error, text, doubtful] of known) {
    it(`is told with its remedy: ${text.source}`, () => {
      for (const one of [error, wrapped(error), wrapped(wrapped(error))]) {
        assert.match(problemOf(one, settings), text);
        assert.doesNotMatch(problemOf(one, settings), /hunter2/);
        assert.equal(isConnection(one), doubtful);
      }
    });
  }
});

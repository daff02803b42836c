import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#platform/config/read-config';
import { ConnectionStringError, parseConnectionString } from './connection-string.js';
import { OneClient } from './one-client.js';
import { EVENTSTORE_SETTINGS } from './settings.js';

const SECRET = 'hunter2-hunter2';

function refusal(text: string): string {
  try {
    parseConnectionString(text);
  } catch (error) {
    assert.ok(error instanceof ConnectionStringError);
    return error.message;
  }
  return assert.fail(`${text} was taken`);
}

describe('the connection string', () => {
  it('is read: one node, several, a name in DNS', () => {
    const one = parseConnectionString(`esdb://ledger:${SECRET}%40@es.example?tls=true`);
    assert.deepEqual(
      [one.hosts, one.tls, one.user, one.password, one.discover, one.shown],
      [[{ host: 'es.example', port: 2113 }], true, 'ledger', `${SECRET}@`, false, 'es.example:2113'],
    );
    const several = parseConnectionString('esdb://a:1,b:2,c:3/?tls=false&connectionName=x');
    assert.deepEqual([several.shown, several.tls, several.user], ['a:1,b:2,c:3', false, undefined]);
    assert.equal(parseConnectionString('esdb+discover://cluster.example').discover, true);
    assert.equal(parseConnectionString('esdb://h?nodePreference=Leader').hosts.length, 1);
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /not the form of a connection string/],
    [`http://u:${SECRET}@h`, /not the form of a connection string/],
    [`esdb://u:${SECRET}@`, /not the form of a connection string/],
    [`esdb://u:${SECRET}@h:0`, /a host in it is not one/],
    [`esdb://u:${SECRET}@h:66000`, /a host in it is not one/],
    [`esdb://u:${SECRET}@h,,i`, /a host in it is not one/],
    [`esdb://u:with/slash-${SECRET}@h`, /%2F/],
    [`esdb://u:with@at-${SECRET}@h`, /%40/],
    [`esdb://u:with:colon-${SECRET}@h`, /%3A/],
    [`esdb://u:${SECRET}%@h`, /%25/],
    [`esdb://u:${SECRET}@h?nodePreference=follower`, /another node than the leader: leave that out/],
    [`esdb://u:${SECRET}@h?node_preference=random`, /another node than the leader/],
    [`esdb://u:${SECRET}@h?tlsVerifyCert=false`, /NODE_EXTRA_CA_CERTS/],
    [`esdb://u:${SECRET}@h?throwOnAppendFailure=false`, /conflicts would look like success/],
    [`esdb://u:${SECRET}@h?tls=yes`, /true or false/],
    [`esdb://u:${SECRET}@h?keepAliveInterval=-1`, /found by the keep-alive/],
    [`esdb://u:${SECRET}@h?keepAliveInterval=500`, /10000 ms or more/],
    [`esdb://u:${SECRET}@h?defaultDeadline=soon`, /whole number/],
    [`esdb://u:${SECRET}@h?surprise=1`, /unknown or has no value/],
    [`esdb://u:${SECRET}@h?constructor=1`, /unknown or has no value/],
    [`esdb://u:${SECRET}@h?tls`, /unknown or has no value/],
  ];
  for (const [text, expected] of wrong) {
    it(`refuses ${text.replaceAll(SECRET, '…')}, and shows no password`, () => {
      const message = refusal(text);
      assert.match(message, expected);
      assert.ok(!message.includes(SECRET));
    });
  }

  it('a file that is not there is named, and no password with it; the client takes what was not refused', () => {
    const missing = parseConnectionString(`esdb://u:${SECRET}@h?tls=true&tlsCAFile=/no/such/file`);
    assert.throws(
      () => OneClient.open(missing, () => undefined),
      (error) => error instanceof ConnectionStringError && /tlsCAFile/.test(error.message),
    );
  });

  it('is a secret of the configuration: its mistakes are told, its text is not', () => {
    for (const [text, expected] of wrong) {
      if (text === '') continue;
      assert.throws(
        () => readConfig(EVENTSTORE_SETTINGS, { EVENTSTORE_URL: text }),
        (error) => error instanceof Error && expected.test(error.message) && !error.message.includes(SECRET),
        text,
      );
    }
    assert.throws(
      () =>
        readConfig(EVENTSTORE_SETTINGS, { EVENTSTORE_URL: `esdb://u:${SECRET}@h?nodePreference=follower` }),
      (error) =>
        error instanceof Error &&
        /another node than the leader/.test(error.message) &&
        !error.message.includes(SECRET),
    );
    const config = readConfig(EVENTSTORE_SETTINGS, { EVENTSTORE_URL: 'esdb://h?tls=false' });
    assert.deepEqual(
      [config.eventStoreUrl, config.eventStoreTimeoutMs, config.eventStoreAppendsInFlight],
      ['esdb://h?tls=false', 5_000, 64],
    );
  });
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import {
  AccessDeniedError,
  EventStoreDBClient,
  jsonEvent,
  type Credentials,
  type JSONEventData,
} from '@eventstore/db-client';
import { StandInProcess } from '#test/support/eventstoredb/stand-in-process';
import { temporaryFolder } from '#test/support/temporary-folder';

const ADMIN: Credentials = { username: 'admin', password: 'only-for-tests' };
const LEDGER: Credentials = { username: 'ledger', password: 'of-the-ledger' };
const event = (): JSONEventData => jsonEvent({ id: randomUUID(), type: 'Probe', data: {} });

/** The settings that make a server safe for a ledger, as they were tried on a real one. */
const DEFAULT_ACL = {
  $userStreamAcl: {
    $r: ['ledger', '$admins'],
    $w: ['ledger', '$admins'],
    $d: '$admins',
    $mr: ['ledger', '$admins'],
    $mw: '$admins',
  },
  $systemStreamAcl: {
    $r: ['ledger', '$admins'],
    $w: '$admins',
    $d: '$admins',
    $mr: '$admins',
    $mw: '$admins',
  },
};

describe('access control of the stand-in for EventStoreDB', () => {
  const folder = temporaryFolder();
  let standIn: StandInProcess;
  let client: EventStoreDBClient;
  /** A stream that user `ledger` has written before anything was prepared. */
  const early = randomUUID();

  before(async () => {
    standIn = await StandInProcess.start('--users', `admin:${ADMIN.password}`, '--tls', folder.path);
    client = EventStoreDBClient.connectionString(`${standIn.url}&tlsCAFile=${standIn.tlsCAFile ?? ''}`);
  });
  after(async () => {
    await client.dispose();
    await standIn.stop();
    folder.remove();
  });

  /** `POST /users` on the same port. */
  function makeUser(by: Credentials, user: Credentials): Promise<number | undefined> {
    const { hostname, port } = new URL(standIn.url.replace('esdb:', 'https:'));
    const body = { loginName: user.username, fullName: 'Ledger', groups: [], password: user.password };
    return new Promise((resolve, reject) => {
      const call = request(
        {
          hostname,
          port,
          path: '/users/',
          method: 'POST',
          ca: readFileSync(standIn.tlsCAFile ?? ''),
          auth: `${by.username}:${by.password}`,
          headers: { 'content-type': 'application/json' },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      call.on('error', reject);
      call.end(JSON.stringify(body));
    });
  }

  const append = (stream: string, credentials: Credentials): Promise<unknown> =>
    client.appendToStream(stream, [event()], { credentials });

  async function readAll(credentials: Credentials): Promise<number> {
    let count = 0;
    for await (const resolved of client.readAll({ credentials }))
      count += resolved.event === undefined ? 0 : 1;
    return count;
  }

  const refused = (call: Promise<unknown>, code?: number): Promise<void> =>
    assert.rejects(call, (error: unknown) => {
      assert.ok(error instanceof AccessDeniedError, String(error));
      assert.equal(error.code, code);
      return true;
    });

  it('lets only an administrator make users', async () => {
    assert.equal(await makeUser({ ...ADMIN, password: 'wrong' }, LEDGER), 401);
    assert.equal(await makeUser(ADMIN, LEDGER), 201);
    assert.equal(await makeUser(LEDGER, { username: 'other', password: 'x' }), 401);
    assert.equal(await makeUser(ADMIN, LEDGER), 409);
  });

  it('refuses a wrong password with code 16, and nobody with none or code 7', async () => {
    await refused(append(randomUUID(), { ...LEDGER, password: 'wrong' }), 16);
    await refused(client.appendToStream(randomUUID(), [event()]), undefined);
    await refused(
      (async () => {
        for await (const _ of client.readStream(early));
      })(),
      7,
    );
  });

  it('lets an ordinary user append, delete and tombstone, and not read all, before it is prepared', async () => {
    await append(early, LEDGER);
    const other = randomUUID();
    await append(other, LEDGER);
    await client.deleteStream(other, { credentials: LEDGER });
    await append(other, LEDGER);
    await client.tombstoneStream(other, { credentials: LEDGER });
    await refused(readAll(LEDGER), 7);
    await refused(append('$settings', LEDGER), 7);
  });

  it('is prepared by an administrator', async () => {
    const settings = jsonEvent({ type: 'update-default-acl', data: DEFAULT_ACL });
    await client.appendToStream('$settings', [settings], { credentials: ADMIN });
    await client.setStreamMetadata(
      '$all',
      { acl: { readRoles: ['ledger', '$admins'] } },
      { credentials: ADMIN },
    );
  });

  it('then lets the user append and read all, and refuses delete, tombstone and truncation', async () => {
    await append(randomUUID(), LEDGER);
    assert.ok((await readAll(LEDGER)) > 3);
    await refused(client.deleteStream(early, { credentials: LEDGER }), 7);
    await refused(client.tombstoneStream(early, { credentials: LEDGER }), 7);
    await refused(client.setStreamMetadata(early, { maxCount: 1 }, { credentials: LEDGER }), 7);
    await refused(client.setStreamMetadata(early, { truncateBefore: 1 }, { credentials: LEDGER }), 7);
    assert.deepEqual(await client.getStreamMetadata(early, { credentials: LEDGER }), { streamName: early });
  });
});

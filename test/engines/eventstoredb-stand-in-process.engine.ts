import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { EventStoreDBClient, jsonEvent, UnavailableError, type JSONEventData } from '@eventstore/db-client';
import { eventually } from '#test/support/eventually';
import { StandInProcess } from '#test/support/eventstoredb/stand-in-process';
import { temporaryFolder } from '#test/support/temporary-folder';

const event = (): JSONEventData =>
  jsonEvent({ id: randomUUID(), type: 'Probe', data: { pad: 'x'.repeat(500) } });

/** The program, as other processes use it. */
describe('the process of the stand-in for EventStoreDB', () => {
  const folder = temporaryFolder();
  let standIn: StandInProcess;
  let client: EventStoreDBClient;

  before(async () => {
    standIn = await StandInProcess.start('--data', folder.path);
    client = EventStoreDBClient.connectionString(standIn.url);
  });
  after(async () => {
    await client.dispose();
    await standIn.stop();
    folder.remove();
  });

  it('loses nothing that it acknowledged when it is killed, and writes nothing twice', async () => {
    const acknowledged: string[] = [];
    let open = true;
    /** Sends the same ids at the same revision until it is answered. */
    async function write(stream: string, data: JSONEventData[]): Promise<void> {
      for (;;) {
        try {
          await client.appendToStream(stream, data, { expectedRevision: 'no_stream' });
          acknowledged.push(stream);
          return;
        } catch (error) {
          assert.ok(error instanceof Error && 'code' in error && error.code === 14, String(error));
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }
    const writers = Array.from({ length: 16 }, async () => {
      while (open) await write(randomUUID(), [event(), event()]);
    });
    for (const enough of [200, 400]) {
      await eventually(() => acknowledged.length > enough);
      await standIn.kill();
      await standIn.run();
    }
    await eventually(() => acknowledged.length > 600);
    open = false;
    await Promise.all(writers);

    const found = new Map<string, number>();
    for await (const { event: read } of client.readAll()) {
      if (read !== undefined) found.set(read.streamId, (found.get(read.streamId) ?? 0) + 1);
    }
    for (const stream of acknowledged) assert.equal(found.get(stream), 2, stream);
  });

  it('arms, counts and disarms faults over its control port', async () => {
    const armed = await standIn.arm({ call: 'append', answer: 'unavailable', times: 1 });
    await assert.rejects(client.appendToStream(randomUUID(), event()), UnavailableError);
    await client.appendToStream(randomUUID(), event());
    const state = await standIn.state();
    assert.equal(state.faults.find(({ id }) => id === armed.id)?.hits, 1);
    assert.ok((state.calls['batchAppend'] ?? 0) >= 2);
    assert.deepEqual(await standIn.disarm(), []);
  });

  it('refuses a fault that it does not know, with what it knows', async () => {
    const response = await fetch(`${standIn.control}/faults`, { method: 'POST', body: '{"call":"append"}' });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /answer is one of cut, silence/);
  });

  it('answers nothing while it is stopped by a signal, and goes on afterwards', async () => {
    standIn.pause();
    let answered = false;
    const append = client.appendToStream(randomUUID(), event()).then(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(answered, false);
    standIn.unpause();
    await append;
  });
});

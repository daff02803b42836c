import assert from 'node:assert/strict';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import type { OutboundOutcome, OutboundRequest } from './outbound-http.js';
import { SystemOutboundHttp } from './system-outbound-http.js';

/** A bare TCP server: `answer` is called once per connection with everything that has arrived so far. */
interface Peer {
  readonly url: string;
  readonly requests: string[];
  connections: number;
}

const servers: { server: Server; sockets: Set<Socket> }[] = [];
const clients: SystemOutboundHttp[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

function client(): SystemOutboundHttp {
  const made = new SystemOutboundHttp();
  clients.push(made);
  return made;
}

async function peer(answer: (socket: Socket, received: string) => void): Promise<Peer> {
  const sockets = new Set<Socket>();
  const state: Peer = { url: '', requests: [], connections: 0 };
  const server = createTcpServer((socket) => {
    state.connections += 1;
    sockets.add(socket);
    let received = '';
    let answered = false;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      const length = /content-length: (\d+)/i.exec(received)?.[1] ?? '0';
      const end = received.indexOf('\r\n\r\n');
      if (answered || end < 0 || received.length < end + 4 + Number(length)) return;
      answered = true;
      state.requests.push(received);
      answer(socket, received);
    });
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/pay?x=1` });
}

function post(url: string, more: Partial<OutboundRequest> = {}): OutboundRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: '{"amount":50000.00}',
    timeoutMs: 2_000,
    maxAnswerBytes: 1_000,
    ...more,
  };
}

function reasonOf(outcome: OutboundOutcome): string {
  if (outcome.kind === 'answered') throw new assert.AssertionError({ message: 'an answer came' });
  return outcome.reason;
}

describe('SystemOutboundHttp', () => {
  it('sends the exact text and gives status, headers and bytes back', async () => {
    const there = await peer((socket) =>
      socket.end('HTTP/1.1 201 Created\r\nX-Two: a\r\nX-Two: b\r\ncontent-length: 3\r\n\r\n\xff{}', 'latin1'),
    );
    const outcome = await client().send(post(there.url));
    if (outcome.kind !== 'answered') throw new assert.AssertionError({ message: outcome.reason });
    assert.equal(outcome.status, 201);
    assert.equal(outcome.headers['x-two'], 'a, b');
    assert.deepEqual([...outcome.body], [0xff, 0x7b, 0x7d]);
    assert.equal(there.requests.length, 1);
    assert.match(there.requests[0] ?? '', /^POST \/pay\?x=1 HTTP\/1\.1\r\n/);
    assert.ok(there.requests[0]?.endsWith('\r\n\r\n{"amount":50000.00}'));
  });

  it('takes a redirect for an answer and does not follow it', async () => {
    const target = await peer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    for (const status of [301, 302, 307, 308]) {
      const there = await peer((socket) =>
        socket.end(`HTTP/1.1 ${status} Moved\r\nlocation: ${target.url}\r\ncontent-length: 0\r\n\r\n`),
      );
      const outcome = await client().send(post(there.url));
      assert.equal(outcome.kind === 'answered' && outcome.status, status);
      assert.equal(there.requests.length, 1);
    }
    assert.equal(target.connections, 0);
  });

  it('skips an informational answer', async () => {
    const there = await peer((socket) =>
      socket.end('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
    );
    const outcome = await client().send(post(there.url));
    assert.equal(outcome.kind === 'answered' && outcome.status, 200);
  });

  it('proves that nothing left when the connection is refused, the name is unknown or the address is none', async () => {
    const there = await peer(() => undefined);
    const { server } = servers.pop() ?? assert.fail();
    await new Promise((resolve) => server.close(resolve));
    const refused = await client().send(post(there.url));
    assert.equal(refused.kind, 'not-sent');
    assert.match(reasonOf(refused), /ECONNREFUSED/);
    assert.equal((await client().send(post('http://no-such-host.invalid/'))).kind, 'not-sent');
    assert.equal((await client().send(post('not an address'))).kind, 'not-sent');
    assert.equal((await client().send(post('ftp://127.0.0.1/'))).kind, 'not-sent');
    assert.equal((await client().send(post(there.url, { headers: { 'x-bad': 'a\r\nb' } }))).kind, 'not-sent');
  });

  it('proves that nothing left when TLS fails', async () => {
    const there = await peer(() => assert.fail('no request is complete before TLS is'));
    const plain = servers.at(-1)?.server ?? assert.fail();
    plain.on('connection', (socket: Socket) => socket.once('data', () => socket.end('this is no TLS')));
    const outcome = await client().send(post(there.url.replace('http:', 'https:')));
    assert.equal(outcome.kind, 'not-sent');
  });

  it('proves that nothing left when the time runs out before a connection exists', async () => {
    const there = await peer(() => assert.fail('no request is complete before TLS is'));
    const outcome = await client().send(post(there.url.replace('http:', 'https:'), { timeoutMs: 150 }));
    assert.equal(outcome.kind, 'not-sent');
    assert.match(reasonOf(outcome), /within 150 ms/);
  });

  const afterTheBytesLeft: Readonly<Record<string, (socket: Socket) => void>> = {
    'a reset before the head': (socket) => socket.resetAndDestroy(),
    'a close before the head': (socket) => socket.end(),
    'a reset within the head': (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-', () => socket.resetAndDestroy()),
    'a reset within the body': (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"status":', () =>
        socket.resetAndDestroy(),
      ),
    'a close within the body': (socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"status":'),
    'an unfinished chunk': (socket) =>
      socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\n{"status":'),
    'an answer that is no HTTP': (socket) => socket.end('SSH-2.0-OpenSSH\r\n'),
    'a server that hangs': () => undefined,
    'a body that drips': (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(drip));
    },
    'a body without an end': (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(10_000)));
      };
      socket.on('drain', more);
      more();
    },
    'a body that says it is too long': (socket) => {
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n${'x'.repeat(1_001)}`);
    },
  };

  for (const [name, answer] of Object.entries(afterTheBytesLeft)) {
    it(`knows nothing after ${name}, and sends once`, async () => {
      const there = await peer(answer);
      const outcome = await client().send(post(there.url, { timeoutMs: 300 }));
      assert.equal(outcome.kind, 'unknown');
      assert.notEqual(reasonOf(outcome), '');
      assert.equal(there.requests.length, 1);
      assert.equal(there.connections, 1);
    });
  }

  it('takes a new connection for each request, so that none can die under the next one', async () => {
    const there = await peer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\n{}');
    });
    const http = client();
    for (let n = 1; n <= 3; n += 1) {
      assert.equal((await http.send(post(there.url))).kind, 'answered');
      assert.equal(there.connections, n);
    }
    assert.equal(there.requests.length, 3);
  });

  it('ends what is under way when it is closed, and sends nothing afterwards', async () => {
    let arrived = (): void => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const there = await peer(() => arrived());
    const http = client();
    const open = http.send(post(there.url, { timeoutMs: 60_000 }));
    await arrival;
    await http.close();
    assert.equal((await open).kind, 'unknown');
    assert.equal((await http.send(post(there.url))).kind, 'not-sent');
    assert.equal(there.requests.length, 1);
  });
});

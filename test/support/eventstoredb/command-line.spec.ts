import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCommandLine, UsageError } from './command-line.js';
import { hasPassword } from './users.js';

describe('the command line of the stand-in for EventStoreDB', () => {
  it('has a default for everything', () => {
    const { users, dataFolder, tlsFolder, controlPort, ...rest } = readCommandLine([]);
    assert.deepEqual(rest, {
      port: 2113,
      host: '127.0.0.1',
      version: '23.10.6',
      liveBuffer: 250,
      untilStdinEnds: false,
    });
    assert.deepEqual(
      [users, dataFolder, tlsFolder, controlPort],
      [undefined, undefined, undefined, undefined],
    );
  });

  it('takes users, of whom admin is an administrator, and keeps no password', () => {
    const { users = [] } = readCommandLine(['--users', 'admin:one,ledger:two,auditor:three:$admins|ops']);
    assert.deepEqual(
      users.map(({ name, groups }) => [name, groups]),
      [
        ['admin', ['$admins']],
        ['ledger', []],
        ['auditor', ['$admins', 'ops']],
      ],
    );
    assert.ok(users[1] !== undefined && hasPassword(users[1], 'two') && !hasPassword(users[1], 'one'));
    assert.ok(!JSON.stringify(users).includes('two'));
  });

  for (const args of [
    ['--port', 'many'],
    ['--port', '70000'],
    ['--users', 'admin'],
    ['--server-version', '5'],
    ['--prot', '1'],
  ]) {
    it(`refuses ${args.join(' ')}`, () => {
      assert.throws(() => readCommandLine(args), UsageError);
    });
  }
});

import type { FaultWorld } from './fault-world.js';

/** What only one copy of command does. */
export const TASKS = ['held-commands', 'ledger-process', 'payout-process', 'publisher'] as const;
type Task = (typeof TASKS)[number];
type CommandCopy = 'command-1' | 'command-2';
const COPIES: readonly CommandCopy[] = ['command-1', 'command-2'];

interface ShownTask {
  readonly name: string;
  readonly role: 'acting' | 'standing-by';
}

/** The copy that acts; rejects when it isn't exactly one. */
export async function actingCopy(world: FaultWorld, task: Task): Promise<CommandCopy> {
  const acting: CommandCopy[] = [];
  for (const name of COPIES) {
    const tasks = await ask<readonly ShownTask[]>(world, name, 'loops');
    if (tasks?.some((one) => one.name === task && one.role === 'acting') === true) acting.push(name);
  }
  const [only, ...others] = acting;
  if (only === undefined || others.length > 0)
    throw new Error(`${task} is done by ${acting.length} copies: ${acting.join(', ')}`);
  return only;
}

/** The fences of the leases that are held, as an operator sees them. */
export async function leasesIn(world: FaultWorld): Promise<Readonly<Record<string, bigint>>> {
  for (const name of COPIES) {
    const leases = await ask<readonly { readonly name: string; readonly fence: string }[]>(
      world,
      name,
      'leases',
    );
    if (leases !== undefined)
      return Object.fromEntries(
        leases
          .filter((lease) => lease.name !== 'projections')
          .map((lease) => [lease.name, BigInt(lease.fence)]),
      );
  }
  throw new Error('no copy of command answers');
}

async function ask<T>(world: FaultWorld, name: CommandCopy, what: string): Promise<T | undefined> {
  const { url, token } = world.fleet.operatorsOf(name);
  try {
    const response = await fetch(`${url}/ops/v1/${what}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(1_000),
    });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}

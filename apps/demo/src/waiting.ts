import { callJson } from './http.js';
import type { PlannedPayout } from './scenario.js';

const FINAL = new Set(['succeeded', 'failed', 'rejected', 'cancelled']);

/** What the service's own API says of one payout. */
export interface SeenPayout {
  readonly payoutId: string;
  readonly status: string;
  readonly parked: boolean;
  readonly reversed: number;
}

/** Reads the service's list of payouts, page by page. undefined while nobody answers. */
export async function listPayouts(api: string): Promise<readonly SeenPayout[] | undefined> {
  const all: SeenPayout[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await callJson('GET', `${api}/v1/payouts?limit=100${query}`);
    if (answer?.status !== 200) return undefined;
    const page = answer.body as { readonly items: readonly Row[]; readonly next?: string };
    all.push(...page.items.map(seen));
    cursor = page.next;
  } while (cursor !== undefined);
  return all;
}

interface Row {
  readonly payoutId: string;
  readonly status: string;
  readonly parked?: unknown;
  readonly reversedCount?: number;
}

function seen({ payoutId, status, parked, reversedCount = 0 }: Row): SeenPayout {
  return {
    payoutId,
    status,
    parked: parked !== undefined && parked !== null && parked !== false,
    reversed: reversedCount,
  };
}

/** Whether nothing more is to come: each payout final or with a person, and what was to turn has turned. */
export function isSettled(
  plan: readonly PlannedPayout[],
  ids: ReadonlyMap<string, string>,
  list: readonly SeenPayout[],
): boolean {
  const byId = new Map(list.map((payout) => [payout.payoutId, payout]));
  return plan.every(({ commandId, turns }) => {
    const payout = byId.get(ids.get(commandId) ?? '');
    if (payout === undefined) return false;
    if (payout.parked) return true;
    return FINAL.has(payout.status) && (!turns || payout.reversed > 0);
  });
}

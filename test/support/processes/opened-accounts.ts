import assert from 'node:assert/strict';
import { eventually } from '../eventually.js';
import { callOnce, callUntilAnswered } from './json-call.js';
import { MAIN_ACCOUNTS } from './payout-routes.js';

/** Opens an account and pays into it; resolves when the money is there. */
export async function openWithFunds(
  api: string,
  accountId: string,
  { currency, deposit }: { readonly currency: string; readonly deposit: string },
): Promise<void> {
  const opened = await callUntilAnswered(`${api}/v1/accounts`, {
    body: { accountId, currency },
    key: `open-${accountId}`,
  });
  assert.equal(opened.status, 201, opened.text);
  const paidIn = await callUntilAnswered(`${api}/v1/accounts/${accountId}/deposits`, {
    body: { amount: deposit, currency },
    key: `deposit-${accountId}`,
  });
  assert.equal(paidIn.status, 202, paidIn.text);
  await eventually(async () => {
    const answer = await callOnce(`${api}/v1/accounts/${accountId}`);
    return answer?.status === 200 && answer.text.includes(`"${deposit}"`);
  });
}

export async function openMainAccounts(api: string): Promise<void> {
  for (const [accountId, account] of Object.entries(MAIN_ACCOUNTS))
    await openWithFunds(api, accountId, account);
}

/** The log has no stream of this payout. */
export class UnknownPayoutError extends Error {
  override readonly name = 'UnknownPayoutError';

  constructor(payoutId: string) {
    super(
      `the log has no payout ${payoutId}: check the id (the answer to the request names it), and that this is its ledger`,
    );
  }
}

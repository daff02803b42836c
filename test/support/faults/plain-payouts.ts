/** A payout that nothing is wrong with. */
export interface PlainPayout {
  readonly commandId: string;
  /** By which the provider's book names it. */
  readonly beneficiary: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function plainPayouts(accountId: string, count: number, from: number): readonly PlainPayout[] {
  return Array.from({ length: count }, (_, index) => {
    const serial = String(from + index).padStart(6, '0');
    const beneficiary = `acc_77${serial}`;
    return {
      commandId: `pay-${serial}`,
      beneficiary,
      data: {
        accountId,
        amount: `${10 + (index % 50)}.50`,
        currency: 'USD',
        provider: 'dvpay',
        beneficiary: { kind: 'stored-method', methodId: beneficiary },
      },
    };
  });
}

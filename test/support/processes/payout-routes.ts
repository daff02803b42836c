import type { ProviderName } from '#domain/provider/provider-name';

/** One way to pay: a provider, a currency that it pays, and a beneficiary of a kind that it takes. */
export interface PayoutRoute {
  readonly provider: ProviderName;
  readonly currency: string;
  readonly accountId: string;
  readonly amount: string;
  /** Of six digits: each payout has a beneficiary of its own, so that the provider's book tells them apart. */
  readonly beneficiary: (serial: string) => {
    /** How the provider's book names it. */
    readonly booked: string;
    readonly fields: Readonly<Record<string, unknown>>;
  };
}

const method = (methodId: string): ReturnType<PayoutRoute['beneficiary']> => ({
  booked: methodId,
  fields: { kind: 'stored-method', methodId },
});

export const PAYOUT_ROUTES: readonly PayoutRoute[] = [
  {
    provider: 'dvpay',
    currency: 'USD',
    accountId: 'main-usd',
    amount: '10.50',
    beneficiary: (serial) => method(`acc_${serial}`),
  },
  {
    provider: 'goldenpay',
    currency: 'VND',
    accountId: 'main-vnd',
    amount: '150000',
    beneficiary: (serial) => ({
      booked: `97${serial}`,
      fields: {
        kind: 'bank-account',
        holderName: 'NGUYEN VAN A',
        accountNumber: `97${serial}`,
        bankCode: '970412',
        bankName: 'PVCOMBANK',
      },
    }),
  },
  {
    provider: 'cashy',
    currency: 'COP',
    accountId: 'main-cop',
    amount: '20500.00',
    beneficiary: (serial) => ({
      booked: `64${serial}`,
      fields: {
        kind: 'bank-account',
        holderName: 'Maria Lopez',
        accountNumber: `64${serial}`,
        bankCode: '1007',
        accountType: 'savings',
        document: { type: 'national-id', number: '43912345' },
      },
    }),
  },
  {
    provider: 'revere',
    currency: 'USD',
    accountId: 'main-usd',
    amount: '20.25',
    beneficiary: (serial) => method(`23fe345e-3e5f-4c32-8220-${serial.padStart(12, '0')}`),
  },
  {
    provider: 'chainpay',
    currency: 'USDT.ERC20',
    accountId: 'main-usdt',
    amount: '5.250000',
    beneficiary: (serial) => {
      const address = `0x${serial.padStart(40, '0')}`;
      return { booked: address, fields: { kind: 'crypto-wallet', address } };
    },
  },
];

export const MAIN_ACCOUNTS: Readonly<
  Record<string, { readonly currency: string; readonly deposit: string }>
> = {
  'main-usd': { currency: 'USD', deposit: '900000.00' },
  'main-vnd': { currency: 'VND', deposit: '9000000000' },
  'main-cop': { currency: 'COP', deposit: '900000000.00' },
  'main-usdt': { currency: 'USDT.ERC20', deposit: '90000.000000' },
};

import type { CommandData } from '#messaging/contracts/commands.v1';

/** An account and what is paid from it, through one provider. */
export interface Route {
  readonly provider: CommandData<'RequestPayout'>['provider'];
  readonly currency: string;
  readonly deposit: string;
  readonly amount: string;
  /** One for each payout: the providers tell orders apart by it. */
  readonly beneficiary: (index: number) => CommandData<'RequestPayout'>['beneficiary'];
}

/** One of each provider, in the currency that it pays. */
export const ROUTES: readonly Route[] = [
  {
    provider: 'dvpay',
    currency: 'USD',
    deposit: '100000000.00',
    amount: '12.50',
    beneficiary: (index) => ({ kind: 'stored-method', methodId: `acc_${index}` }),
  },
  {
    provider: 'goldenpay',
    currency: 'VND',
    deposit: '1000000000000',
    amount: '150000',
    beneficiary: (index) => ({
      kind: 'bank-account',
      holderName: 'NGUYEN VAN A',
      accountNumber: `97${String(index).padStart(8, '0')}`,
      bankCode: '970412',
      bankName: 'PVCOMBANK',
    }),
  },
  {
    provider: 'cashy',
    currency: 'COP',
    deposit: '1000000000000.00',
    amount: '25000.00',
    beneficiary: (index) => ({
      kind: 'bank-account',
      holderName: 'Maria Lopez',
      accountNumber: `64${String(index).padStart(8, '0')}`,
      bankCode: '1007',
      accountType: 'savings',
      document: { type: 'national-id', number: '43912345' },
    }),
  },
  {
    provider: 'revere',
    currency: 'USD',
    deposit: '100000000.00',
    amount: '20.25',
    beneficiary: (index) => ({
      kind: 'stored-method',
      methodId: `23fe345e-3e5f-4c32-8220-${String(index).padStart(12, '0')}`,
    }),
  },
  {
    provider: 'chainpay',
    currency: 'USDT.ERC20',
    deposit: '100000000.000000',
    amount: '5.250000',
    beneficiary: (index) => ({ kind: 'crypto-wallet', address: `0x${String(index).padStart(40, '0')}` }),
  },
];

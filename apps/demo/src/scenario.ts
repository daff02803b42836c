/** The payouts of one demo run, and what their providers will do with them. Plain data; nothing is sent from here. */

export type Vendor = 'dvpay' | 'goldenpay' | 'cashy' | 'revere' | 'chainpay';
export const VENDORS: readonly Vendor[] = ['dvpay', 'goldenpay', 'cashy', 'revere', 'chainpay'];

export interface Account {
  readonly accountId: string;
  readonly currency: string;
  readonly deposit: string;
}

export interface PlannedPayout {
  readonly commandId: string;
  readonly vendor: Vendor;
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
  readonly beneficiary: Readonly<Record<string, unknown>>;
  /** The text by which the provider knows the beneficiary: one for each payout, so that its book can be read. */
  readonly beneficiaryText: string;
  readonly via: 'http' | 'bus';
  readonly cancel: boolean;
  /** The money is to turn after the first final word. */
  readonly turns: boolean;
  readonly script: Script | undefined;
}

/** A script for the sandbox: see its control API. */
export type Script = Readonly<Record<string, unknown>> & {
  readonly vendor: Vendor;
  readonly beneficiary: string;
};

interface Route {
  readonly vendor: Vendor;
  readonly currency: string;
  readonly accountId: string;
  readonly amount: (index: number) => string;
  readonly beneficiary: (serial: string) => {
    readonly text: string;
    readonly fields: Readonly<Record<string, unknown>>;
  };
}

export const ACCOUNTS: readonly Account[] = [
  { accountId: 'demo-usd', currency: 'USD', deposit: '250000.00' },
  { accountId: 'demo-khr', currency: 'KHR', deposit: '90000000.00' },
  { accountId: 'demo-vnd', currency: 'VND', deposit: '900000000' },
  { accountId: 'demo-cop', currency: 'COP', deposit: '90000000.00' },
  { accountId: 'demo-usdt', currency: 'USDT.ERC20', deposit: '90000.000000' },
];

/** Hardly any money: payouts from it are rejected. */
const POOR: Readonly<Record<string, Account>> = Object.fromEntries(
  ACCOUNTS.map(({ currency }) => [
    currency,
    {
      accountId: `demo-poor-${currency.toLowerCase().replace('.', '-')}`,
      currency,
      deposit: currency === 'VND' ? '1' : '0.01',
    },
  ]),
);

export const ALL_ACCOUNTS: readonly Account[] = [...ACCOUNTS, ...Object.values(POOR)];

const stored = (serial: string): ReturnType<Route['beneficiary']> => ({
  text: serial,
  fields: { kind: 'stored-method', methodId: serial },
});

const ROUTES: Readonly<Record<Vendor, readonly Route[]>> = {
  dvpay: [
    {
      vendor: 'dvpay',
      currency: 'USD',
      accountId: 'demo-usd',
      amount: (i) => `${10 + i}.50`,
      beneficiary: (s) => stored(`acc_${s}`),
    },
    {
      vendor: 'dvpay',
      currency: 'KHR',
      accountId: 'demo-khr',
      amount: (i) => `${(40 + i) * 1000}.00`,
      beneficiary: (s) => stored(`acc_${s}`),
    },
  ],
  goldenpay: [
    {
      vendor: 'goldenpay',
      currency: 'VND',
      accountId: 'demo-vnd',
      amount: (i) => `${100_000 + i * 1_000}`,
      beneficiary: (s) => ({
        text: `97${s}`,
        fields: {
          kind: 'bank-account',
          holderName: 'NGUYEN VAN A',
          accountNumber: `97${s}`,
          bankCode: '970412',
          bankName: 'PVCOMBANK',
        },
      }),
    },
  ],
  cashy: [
    {
      vendor: 'cashy',
      currency: 'COP',
      accountId: 'demo-cop',
      amount: (i) => `${20_000 + i * 500}.00`,
      beneficiary: (s) => ({
        text: `64${s}`,
        fields: {
          kind: 'bank-account',
          holderName: 'Maria Lopez',
          accountNumber: `64${s}`,
          bankCode: '1007',
          accountType: 'savings',
          document: { type: 'national-id', number: '43912345' },
        },
      }),
    },
  ],
  revere: [
    {
      vendor: 'revere',
      currency: 'USD',
      accountId: 'demo-usd',
      amount: (i) => `${20 + i}.25`,
      beneficiary: (s) => stored(methodOf(s)),
    },
  ],
  chainpay: [
    {
      vendor: 'chainpay',
      currency: 'USDT.ERC20',
      accountId: 'demo-usdt',
      amount: (i) => `${5 + i}.250000`,
      beneficiary: (s) => {
        const address = `0x${s.padStart(40, '0')}`;
        return { text: address, fields: { kind: 'crypto-wallet', address } };
      },
    },
  ],
};

function methodOf(serial: string): string {
  return `23fe345e-3e5f-4c32-8220-${serial.padStart(12, '0')}`;
}

interface Part {
  readonly script?: Readonly<Record<string, unknown>>;
  readonly poor?: boolean;
  readonly cancel?: boolean;
  readonly turns?: boolean;
}

/** What happens to the payouts of one provider, in turn: the first entries once each, then plain successes. */
const PARTS: readonly Part[] = [
  { script: { outcome: 'fail' } },
  { script: { outcome: 'success', create: { fault: 'no-answer-after-paying' } } },
  { script: { outcome: 'success', callback: { duplicates: 3 } } },
  { script: { outcome: 'success', turn: { afterMs: 1_500, to: 'fail' } }, turns: true },
  { poor: true },
  { script: { outcome: 'success', callback: { delayMs: 3_000 } } },
  { script: { outcome: 'success', create: { fault: 'drop-before' } } },
  { cancel: true },
  { script: { outcome: 'success', create: { fault: '500-after-paying' } } },
  { script: { outcome: 'success', callback: { reorder: { afterMs: 700, as: 'fail' } } } },
  { script: { outcome: 'fail', callback: { duplicates: 2 } } },
  { script: { outcome: 'success', create: { fault: 'html-after-paying' } } },
  { script: { outcome: 'success', callback: { skip: true } } },
  { script: { outcome: 'success', create: { fault: 'refuse', times: 5 } } },
  { poor: true },
  { script: { outcome: 'success', create: { delayMs: 400 } } },
  { script: { outcome: 'fail', settleAfterMs: 1_200 } },
  { cancel: true },
];

/** DVPay's list of callbacks has none for a payout that turns: nobody would ever hear of it. */
function partOf(vendor: Vendor, index: number): Part {
  const part = PARTS[index] ?? {};
  return part.turns === true && vendor === 'dvpay' ? {} : part;
}

/** `count` payouts over all five providers. `run` keeps the ids of two runs in one data folder apart. */
export function planPayouts(count: number, run: string): readonly PlannedPayout[] {
  return Array.from({ length: count }, (_, index) => {
    const vendor = VENDORS[index % VENDORS.length] ?? 'dvpay';
    const turn = Math.floor(index / VENDORS.length);
    const routes = ROUTES[vendor];
    const route = routes[turn % routes.length] ?? routes[0];
    if (route === undefined) throw new Error(`no route for ${vendor}`);
    // Faults are spread over the run, so that the kill meets some of them.
    const part: Part = turn % 2 === 0 ? partOf(vendor, turn / 2) : {};
    const { text, fields } = route.beneficiary(`${run}${String(index).padStart(4, '0')}`);
    const account = part.poor === true ? POOR[route.currency]?.accountId : route.accountId;
    return {
      commandId: `demo-${run}-${index}`,
      vendor,
      accountId: account ?? route.accountId,
      amount: route.amount(turn),
      currency: route.currency,
      beneficiary: fields,
      beneficiaryText: text,
      via: index % 3 === 0 ? 'http' : 'bus',
      cancel: part.cancel === true,
      turns: part.turns === true,
      script:
        part.script === undefined
          ? undefined
          : { vendor, beneficiary: text, settleAfterMs: 300, ...part.script },
    };
  });
}

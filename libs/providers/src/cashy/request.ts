import type { BankAccount, IdentityDocument, WalletAccount } from '#domain/provider/beneficiary';
import type { OrderQuery, PayoutOrder } from '../provider.js';
import { writeDecimal } from '../wire/decimal.js';
import type { WireRequest } from '../wire/exchange.js';
import { jsonNumber, writeJson } from '../wire/lossless-json.js';
import { WALLET_CODES, type CashyConfig } from './settings.js';
import { sign } from './signature.js';

export type CashyBeneficiary = BankAccount | WalletAccount;

const MAX_REMARK = 32;

/** Colombian mobile numbers: ten digits that begin with 3. */
export const COLOMBIAN_PHONE = /^\+57(3[0-9]{9})$/;

export function createRequest(
  config: CashyConfig,
  order: PayoutOrder & { readonly beneficiary: CashyBeneficiary },
  bankId: number,
  document: IdentityDocument,
  nonce: string,
): WireRequest {
  const { beneficiary } = order;
  const body = writeJson({
    accountName: beneficiary.holderName,
    accountNo: accountNumberOf(beneficiary),
    accountType: jsonNumber(accountTypeOf(beneficiary)),
    currency: order.amount.currency,
    amount: jsonNumber(writeDecimal(order.amount, 2)),
    bankId: jsonNumber(bankId.toString()),
    mchOrderNo: order.reference,
    notifyUrl: config.callbackUrl,
    nonceStr: nonce,
    idType: ID_TYPES[document.type],
    idCard: document.number,
    phone: beneficiary.phone,
    email: beneficiary.email,
    // It is required. Half a surrogate pair at the cut is no text.
    remark: order.description.slice(0, MAX_REMARK).replace(/[\ud800-\udbff]$/, '') || order.reference,
  });
  return signed(config, '/api/payOut', body);
}

/** The vendor would rather be asked by its own number; with both, the answer has to fit both. */
export function queryRequest(config: CashyConfig, query: OrderQuery, nonce: string): WireRequest {
  const body = writeJson({ mchOrderNo: query.reference, nonceStr: nonce, orderNo: query.orderId });
  return signed(config, '/api/payOutQuery', body);
}

/** The code by which the beneficiary's bank or wallet operator is known in the country. */
export function institutionOf(beneficiary: CashyBeneficiary): string | undefined {
  return beneficiary.kind === 'bank-account' ? beneficiary.bankCode : beneficiary.operatorCode;
}

function accountNumberOf(beneficiary: CashyBeneficiary): string {
  if (beneficiary.kind === 'bank-account') return beneficiary.accountNumber;
  return COLOMBIAN_PHONE.exec(beneficiary.phone)?.[1] ?? '';
}

/** 0 Corriente, 1 Ahorro; e-wallets must use 1. */
function accountTypeOf(beneficiary: CashyBeneficiary): '0' | '1' {
  if (beneficiary.kind === 'phone-wallet' || WALLET_CODES.includes(beneficiary.bankCode)) return '1';
  return beneficiary.accountType === 'checking' ? '0' : '1';
}

/** CC, CE, NIT and PA of the vendor's appendix. */
const ID_TYPES: Readonly<Record<IdentityDocument['type'], string>> = {
  'national-id': '1',
  'foreigner-id': '2',
  'tax-id': '4',
  passport: '5',
};

function signed(config: CashyConfig, path: string, body: string): WireRequest {
  return {
    method: 'POST',
    url: config.baseUrl + path,
    headers: { 'content-type': 'application/json', merchantid: config.merchantId, sign: sign(body, config) },
    body,
  };
}

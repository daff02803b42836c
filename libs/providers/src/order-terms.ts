import type { CurrencyCode } from '#domain/money/currency';
import { compareMoney, parseMoney, type Money } from '#domain/money/money';
import type { ContractCard, OrderTerms } from '#domain/provider/contract-card';
import type { BeneficiaryKind } from '#domain/provider/beneficiary';
import type { OrderProblem } from './provider.js';
import { fitsDecimals } from './wire/decimal.js';

/** How the provider pays one currency; `undefined` when it doesn't. */
export function orderTerms(card: ContractCard, currency: CurrencyCode): OrderTerms | undefined {
  const terms = Object.hasOwn(card.currencies, currency) ? card.currencies[currency] : undefined;
  if (terms === undefined) return undefined;
  return {
    currency,
    min: parseMoney(terms.min, currency),
    max: parseMoney(terms.max, currency),
    decimals: terms.decimals,
    feeReserve: parseMoney(terms.feeReserve, currency),
  };
}

/** What the card alone forbids of an order: its currency, its limits, its decimals, its kind of beneficiary. */
export function cardProblems(
  card: ContractCard,
  amount: Money,
  kind: BeneficiaryKind,
): readonly OrderProblem[] {
  const problems: OrderProblem[] = [];
  const terms = orderTerms(card, amount.currency);
  if (terms === undefined) {
    const paid = Object.keys(card.currencies).join(', ');
    problems.push({
      field: 'amount.currency',
      message: `${card.provider} pays ${paid}, not ${amount.currency}`,
    });
  } else {
    const { min, max } = card.currencies[amount.currency] ?? { min: '', max: '' };
    if (compareMoney(amount, terms.min) < 0) {
      problems.push({ field: 'amount', message: `${card.provider} pays at least ${min} ${amount.currency}` });
    }
    if (compareMoney(amount, terms.max) > 0) {
      problems.push({ field: 'amount', message: `${card.provider} pays at most ${max} ${amount.currency}` });
    }
    if (!fitsDecimals(amount, terms.decimals)) {
      problems.push({
        field: 'amount',
        message: `${card.provider} pays ${amount.currency} with ${terms.decimals} decimals at most`,
      });
    }
  }
  if (!card.beneficiaryKinds.includes(kind)) {
    problems.push({
      field: 'beneficiary.kind',
      message: `${card.provider} pays to ${card.beneficiaryKinds.join(', ')}, not to ${kind}`,
    });
  }
  return problems;
}

/** The problem of a text that a vendor limits; nothing when it fits. Messages never quote the value. */
export function textProblem(
  field: string,
  value: string | undefined,
  rule: { readonly pattern: RegExp; readonly form: string; readonly required: boolean },
): readonly OrderProblem[] {
  if (value === undefined || value === '') {
    return rule.required ? [{ field, message: `is missing; it has to be ${rule.form}` }] : [];
  }
  return rule.pattern.test(value) ? [] : [{ field, message: `has to be ${rule.form}` }];
}

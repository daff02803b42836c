import type { Beneficiary } from '#domain/provider/beneficiary';
import type { ProviderOutcome } from '#domain/provider/provider-report';

const MAX_LENGTH = 160;

/**
 * A vendor's own word or sentence, fit for an event and a log line: one line of printable characters, not too long, and
 * without what may be personal data (numbers of six digits and more, wallet addresses, e-mail addresses). The full text
 * is in the sealed evidence.
 */
export function vendorText(text: string): string {
  const plain = text
    .slice(0, 4 * MAX_LENGTH)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .replace(/\S+@\S+/g, '[e-mail]')
    .replace(/\b0x[0-9a-fA-F]{16,}/g, '[address]')
    .replace(/\bT[1-9A-HJ-NP-Za-km-z]{33}\b/g, '[address]')
    .replace(/\+?\d(?:[ -]?\d){5,}/g, '[number]');
  return plain.length > MAX_LENGTH ? `${plain.slice(0, MAX_LENGTH - 1)}…` : plain;
}

/** The personal values of a beneficiary: what may not come back in a vendor's words. */
export function personalValues(beneficiary: Beneficiary): readonly string[] {
  const { kind: _kind, ...fields } = beneficiary;
  return Object.entries(fields)
    .flatMap(([name, value]: [string, unknown]): unknown[] => {
      if (name === 'document' && typeof value === 'object' && value !== null && 'number' in value)
        return [value.number];
      // Neither says who is paid, and vendors' messages name them rightly.
      return ['bankCode', 'bankName', 'operatorCode', 'accountType'].includes(name) ? [] : [value];
    })
    .filter((value): value is string => typeof value === 'string' && value.length >= 3);
}

/** The outcome with every such value blanked out of the vendor's words. */
export function withoutValues(outcome: ProviderOutcome, values: readonly string[]): ProviderOutcome {
  const clean = (text: string): string => values.reduce((rest, value) => blank(rest, value), text);
  switch (outcome.kind) {
    case 'pending':
    case 'succeeded':
    case 'not-found':
      return { ...outcome, rawStatus: clean(outcome.rawStatus) };
    case 'failed':
    case 'refused':
      return { ...outcome, rawStatus: clean(outcome.rawStatus), reason: clean(outcome.reason) };
    case 'not-sent':
    case 'unknown':
      return { ...outcome, reason: clean(outcome.reason) };
  }
}

function blank(text: string, value: string): string {
  const at = text.toLowerCase().indexOf(value.toLowerCase());
  return at < 0 ? text : `${text.slice(0, at)}[…]${blank(text.slice(at + value.length), value)}`;
}

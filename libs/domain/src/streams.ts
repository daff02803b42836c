import type { AccountId, EvidenceHash, InstructionId, PayoutId } from './ids.js';
import type { ProviderName } from './provider/provider-name.js';

/** The names of all streams. */
export const payoutStream = (id: PayoutId): string => `payout-${id}`;
export const accountStream = (id: AccountId): string => `account-${id}`;
export const instructionStream = (id: InstructionId): string => `instruction-${id}`;
export const evidenceStream = (hash: EvidenceHash): string => `evidence-${hash}`;
/** `hash` is a keyed hash of the provider's order number: the number itself stays out of a name. */
export const referenceStream = (provider: ProviderName, hash: string): string =>
  `reference-${provider}-${hash}`;
/** Whether anything may be sent to providers: one stream for the whole ledger. */
export const SENDING_STREAM = 'sending';

/** What the name of each of our streams begins with: for whoever shares a server with others. */
export const STREAM_PREFIXES: readonly string[] = [
  'payout-',
  'account-',
  'instruction-',
  'evidence-',
  'reference-',
  SENDING_STREAM,
];

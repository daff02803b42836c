declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type PayoutId = Branded<'PayoutId'>;
export type AccountId = Branded<'AccountId'>;
export type InstructionId = Branded<'InstructionId'>;
export type CommandId = Branded<'CommandId'>;
export type PayeeId = Branded<'PayeeId'>;
/** Keyed hash (HMAC-SHA256, hex) of a command's content: same id, same fingerprint, same command. */
export type Fingerprint = Branded<'Fingerprint'>;
/** Keyed hash (HMAC-SHA256, hex) of raw bytes that are stored sealed: the address of a piece of evidence. */
export type EvidenceHash = Branded<'EvidenceHash'>;
/** Our reference of one attempt at a provider: at most 32 letters and digits. See `provider/reference.ts`. */
export type ProviderReference = Branded<'ProviderReference'>;
/** The provider's own number of an order: its text, unchanged. */
export type ProviderOrderId = Branded<'ProviderOrderId'>;

/** Payouts and instructions. Exported for the contracts that say the form of an id. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Accounts and payees. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
const HEX = /^[0-9a-f]{64}$/;
/** Printable ASCII without spaces, 1 to 128 characters: what callers choose as command ids. */
const PRINTABLE = /^[\x21-\x7e]{1,128}$/;
const ORDER_ID = /^[\x20-\x7e]{1,128}$/;

type Reader<T extends string> = (text: string) => T;

function reader<T extends string>(pattern: RegExp, what: string): Reader<T> {
  return (text) => {
    if (!pattern.test(text)) throw new RangeError(`not ${what}: ${JSON.stringify(text.slice(0, 140))}`);
    return text as T;
  };
}

/** Each throws a `RangeError` when the text isn't of its form. */
export const payoutId = reader<PayoutId>(UUID, 'a payout id (UUID in lower case)');
export const instructionId = reader<InstructionId>(UUID, 'an instruction id (UUID in lower case)');
export const accountId = reader<AccountId>(NAME, 'an account id (1 to 64 letters, digits and . _ : -)');
export const payeeId = reader<PayeeId>(NAME, 'a payee id (1 to 64 letters, digits and . _ : -)');
export const commandId = reader<CommandId>(
  PRINTABLE,
  'a command id (1 to 128 printable characters without spaces)',
);
export const fingerprint = reader<Fingerprint>(HEX, 'a fingerprint (64 hexadecimal digits)');
export const evidenceHash = reader<EvidenceHash>(HEX, 'an evidence hash (64 hexadecimal digits)');
export const providerReference = reader<ProviderReference>(/^p[0-9a-z]{27}$/, 'a reference of ours');
export const providerOrderId = reader<ProviderOrderId>(ORDER_ID, "a provider's order number");

/** A function that makes a name-based UUID (version 5): the domain is handed it, since it may not hash by itself. */
export type NameBasedUuid = (namespace: string, name: string) => string;

const PAYOUT_NAMESPACE = '6f1d7a3e-52c4-4c1b-9d0e-8f5b7c2a9e10';
const INSTRUCTION_NAMESPACE = '2b9c4e7d-0a68-4f3d-8c15-d4e6f7a8b901';

/** The payout that a caller's command id stands for: asking twice can't make two. */
export function payoutIdOf(uuid: NameBasedUuid, caller: string, command: CommandId): PayoutId {
  return payoutId(uuid(PAYOUT_NAMESPACE, `${caller}\n${command}`));
}

/** The account instruction that a caller's command id stands for. */
export function instructionIdOf(uuid: NameBasedUuid, caller: string, command: CommandId): InstructionId {
  return instructionId(uuid(INSTRUCTION_NAMESPACE, `${caller}\n${command}`));
}

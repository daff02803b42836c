import type { Beneficiary, BeneficiaryKind } from '#domain/provider/beneficiary';
import { Matching, Means, Nested, OneOf, Optional, Text, type NestedShape, type Shape } from './shape.js';

/** `+` if it is in international form, 6 to 15 digits. */
const PHONE = /^\+?[0-9]{6,15}$/;
const PHONE_RULE = 'must be a phone number: an optional + and 6 to 15 digits';
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/;
const EMAIL_RULE = 'must be an e-mail address';
const NO_SPACES = /^[\x21-\x7e]{1,128}$/;
const NO_SPACES_RULE = 'must be text of 1 to 128 printable ASCII characters without spaces';

class IdentityDocumentV1 {
  @OneOf(['national-id', 'foreigner-id', 'tax-id', 'passport'])
  type!: 'national-id' | 'foreigner-id' | 'tax-id' | 'passport';
  @Text(64) number!: string;
}

class BankAccountV1 {
  @OneOf(['bank-account']) kind!: 'bank-account';
  @Text(140) holderName!: string;
  @Text(64) accountNumber!: string;
  @Means("The institution's code in the payee's country.") @Text(32) bankCode!: string;
  @Optional() @Text(140) bankName?: string;
  @Optional() @Text(140) branch?: string;
  @Optional() @OneOf(['savings', 'checking']) accountType?: 'savings' | 'checking';
  @Optional() @Nested(IdentityDocumentV1) document?: IdentityDocumentV1;
  @Optional() @Matching(PHONE, PHONE_RULE) phone?: string;
  @Optional() @Matching(EMAIL, EMAIL_RULE) email?: string;
}

class WalletAccountV1 {
  @OneOf(['phone-wallet']) kind!: 'phone-wallet';
  @Text(140) holderName!: string;
  @Means('With country code: `+855…`.') @Matching(PHONE, PHONE_RULE) phone!: string;
  @Means("The wallet operator's code in the payee's country.") @Optional() @Text(32) operatorCode?: string;
  @Optional() @Nested(IdentityDocumentV1) document?: IdentityDocumentV1;
  @Optional() @Matching(EMAIL, EMAIL_RULE) email?: string;
}

class CryptoWalletV1 {
  @OneOf(['crypto-wallet']) kind!: 'crypto-wallet';
  @Means('An address on the chain that the currency names.')
  @Matching(NO_SPACES, NO_SPACES_RULE)
  address!: string;
}

class StoredMethodV1 {
  @OneOf(['stored-method']) kind!: 'stored-method';
  @Means('The identifier that the provider gave to a payee whom it knows.')
  @Matching(NO_SPACES, NO_SPACES_RULE)
  methodId!: string;
}

const SHAPES = {
  'bank-account': BankAccountV1,
  'phone-wallet': WalletAccountV1,
  'crypto-wallet': CryptoWalletV1,
  'stored-method': StoredMethodV1,
} satisfies { readonly [Kind in BeneficiaryKind]: Shape<Extract<Beneficiary, { kind: Kind }>> };

/** What an object without a kind that we know is measured by: the kind alone. */
class AnyKindV1 {
  @OneOf(Object.keys(SHAPES)) kind!: BeneficiaryKind;
}

/** A beneficiary by its kind. Lengths are bounds against nonsense: what a provider takes, its adapter knows. */
export const BENEFICIARY = {
  kind: 'tagged',
  tag: 'kind',
  shapes: SHAPES,
  otherwise: AnyKindV1,
} as const satisfies NestedShape;

import { ApiExtraModels, ApiProperty, ApiPropertyOptional, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import { PROVIDER_NAMES } from '#domain/provider/provider-name';

/*
 * What callers send, for the OpenAPI document alone: it is checked by the wire contract (`commands.v1.ts`), and a test
 * compares the two field by field.
 */

const AMOUNT = {
  type: String,
  pattern: '^(0|[1-9][0-9]*)(\\.[0-9]+)?$',
  description: 'Decimal text in major units, above zero, with no more decimals than the currency has.',
  example: '12.50',
} as const;
const CURRENCY = {
  type: String,
  description: 'ISO 4217 code, or a token with its chain.',
  example: 'USD',
} as const;
const line = (maxLength: number, description: string, example?: string) =>
  ({
    type: String,
    minLength: 1,
    maxLength,
    description,
    ...(example === undefined ? {} : { example }),
  }) as const;

export class IdentityDocumentBody {
  @ApiProperty({ enum: ['national-id', 'foreigner-id', 'tax-id', 'passport'] }) readonly type!: string;
  @ApiProperty(line(64, 'Its number.')) readonly number!: string;
}

export class BankAccountBody {
  @ApiProperty({ enum: ['bank-account'] }) readonly kind!: string;
  @ApiProperty(line(140, 'Name of the holder.', 'SOK DARA')) readonly holderName!: string;
  @ApiProperty(line(64, 'Account number.', '000123456')) readonly accountNumber!: string;
  @ApiProperty(line(32, "The institution's code in the payee's country.", 'ABA')) readonly bankCode!: string;
  @ApiPropertyOptional(line(140, 'Name of the institution.')) readonly bankName?: string;
  @ApiPropertyOptional(line(140, 'Branch.')) readonly branch?: string;
  @ApiPropertyOptional({ enum: ['savings', 'checking'] }) readonly accountType?: string;
  @ApiPropertyOptional({ type: IdentityDocumentBody }) readonly document?: IdentityDocumentBody;
  @ApiPropertyOptional({ type: String, pattern: '^\\+?[0-9]{6,15}$' }) readonly phone?: string;
  @ApiPropertyOptional({ type: String, format: 'email' }) readonly email?: string;
}

export class PhoneWalletBody {
  @ApiProperty({ enum: ['phone-wallet'] }) readonly kind!: string;
  @ApiProperty(line(140, 'Name of the holder.')) readonly holderName!: string;
  @ApiProperty({ type: String, pattern: '^\\+?[0-9]{6,15}$', example: '+85512345678' })
  readonly phone!: string;
  @ApiPropertyOptional(line(32, "The wallet operator's code in the payee's country."))
  readonly operatorCode?: string;
  @ApiPropertyOptional({ type: IdentityDocumentBody }) readonly document?: IdentityDocumentBody;
  @ApiPropertyOptional({ type: String, format: 'email' }) readonly email?: string;
}

export class CryptoWalletBody {
  @ApiProperty({ enum: ['crypto-wallet'] }) readonly kind!: string;
  @ApiProperty(line(128, 'Address on the chain that the currency names.')) readonly address!: string;
}

export class StoredMethodBody {
  @ApiProperty({ enum: ['stored-method'] }) readonly kind!: string;
  @ApiProperty(line(128, 'The identifier that the provider gave.')) readonly methodId!: string;
}

const BENEFICIARIES = [BankAccountBody, PhoneWalletBody, CryptoWalletBody, StoredMethodBody];

@ApiExtraModels(...BENEFICIARIES)
export class RequestPayoutBody {
  @ApiProperty(line(64, 'The funding account that pays.', 'acme-usd')) readonly accountId!: string;
  @ApiProperty(AMOUNT) readonly amount!: string;
  @ApiProperty(CURRENCY) readonly currency!: string;
  @ApiProperty({ enum: PROVIDER_NAMES, enumName: 'Provider' }) readonly provider!: string;
  @ApiProperty({
    oneOf: BENEFICIARIES.map((body) => ({ $ref: getSchemaPath(body) })),
    description: 'Who is paid. Sealed before it is stored.',
    example: { kind: 'bank-account', holderName: 'SOK DARA', accountNumber: '000123456', bankCode: 'ABA' },
  })
  readonly beneficiary!: object;
  @ApiPropertyOptional(
    line(64, 'Your own id of the beneficiary; no personal data. A keyed hash if absent.', 'payee-7'),
  )
  readonly payeeId?: string;
  @ApiPropertyOptional(
    line(140, 'Shown to the beneficiary where the provider can. Sealed before it is stored.', 'Invoice 17'),
  )
  readonly description?: string;
}

export class CancelPayoutBody {
  @ApiPropertyOptional(line(500, 'Why; no personal data.', 'ordered twice')) readonly reason?: string;
}

export class OpenAccountBody {
  @ApiProperty(line(64, 'Letters, digits and . _ : -, beginning with a letter or digit.', 'acme-usd'))
  readonly accountId!: string;
  @ApiProperty({ ...CURRENCY, description: `${CURRENCY.description} The account's only one, for ever.` })
  readonly currency!: string;
  @ApiPropertyOptional(line(140, 'For people; no personal data.', 'Acme, payouts in USD'))
  readonly name?: string;
}

export class DepositBody {
  @ApiProperty({ ...AMOUNT, example: '1000.00' }) readonly amount!: string;
  @ApiProperty(CURRENCY) readonly currency!: string;
  @ApiPropertyOptional(line(500, 'Where it comes from; no personal data.', 'bank statement 17, line 3'))
  readonly note?: string;
}

@ApiSchema({ description: 'Nothing has to be said.' })
export class CloseAccountBody {}

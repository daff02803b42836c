import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Plain } from './plain.js';

export const payoutPath = (payoutId: string): string => `/v1/payouts/${payoutId}`;
export const accountPath = (accountId: string): string => `/v1/accounts/${encodeURIComponent(accountId)}`;
export const instructionPath = (accountId: string, instructionId: string): string =>
  `${accountPath(accountId)}/instructions/${instructionId}`;

export class PayoutLinks {
  @ApiProperty({ type: String, example: '/v1/payouts/3f2b8c1e-5a5d-5b0e-9c55-2f0f6a1f9f10' })
  readonly self!: string;
  @ApiPropertyOptional({ type: String, example: '/v1/accounts/acme-usd' }) readonly account?: string;
}

export function payoutLinks(payoutId: string, accountId?: string): Plain<PayoutLinks> {
  return {
    self: payoutPath(payoutId),
    ...(accountId === undefined ? {} : { account: accountPath(accountId) }),
  };
}

export class AccountLinks {
  @ApiProperty({ type: String, example: '/v1/accounts/acme-usd' }) readonly self!: string;
  @ApiProperty({ type: String, example: '/v1/payouts?accountId=acme-usd' }) readonly payouts!: string;
}

export function accountLinks(accountId: string): Plain<AccountLinks> {
  return {
    self: accountPath(accountId),
    payouts: `/v1/payouts?accountId=${encodeURIComponent(accountId)}`,
  };
}

export class InstructionLinks {
  @ApiProperty({ type: String }) readonly self!: string;
  @ApiProperty({ type: String, example: '/v1/accounts/acme-usd' }) readonly account!: string;
}

export function instructionLinks(accountId: string, instructionId: string): Plain<InstructionLinks> {
  return { self: instructionPath(accountId, instructionId), account: accountPath(accountId) };
}

import type { ContractCard, ProviderTiming } from '#domain/provider/contract-card';
import { ProviderSettingsError } from './provider-settings-error.js';

/** What a deployment may set otherwise than the card, in milliseconds: a demo can't wait for days. */
export type TimingOverride = Partial<ProviderTiming> & { readonly notFoundIsFinalAfter?: number };

/** The timing that serves for production where the vendor says nothing else. */
export const DEFAULT_TIMING: ProviderTiming = {
  requestTimeout: 30_000,
  firstQueryAfter: 10_000,
  maxQueryPause: 15 * 60_000,
  parkAfter: 72 * 3_600_000,
};

/** Requests live for half a minute here; the rest is room for a vendor's queue that is behind. [A]: no page names a limit. */
export const NOT_FOUND_IS_FINAL_AFTER = 15 * 60_000;

export const UNMATCHED_ALARM_AFTER = 3_600_000;

/**
 * The card with a deployment's timing. Throws a `ProviderSettingsError` when a duration isn't a whole number above
 * zero, or when "not found" would be believed while a request can still be under way, or at all where it proves nothing.
 */
export function withTiming(card: ContractCard, override: TimingOverride = {}): ContractCard {
  for (const [name, value] of Object.entries(override)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new ProviderSettingsError(
        card.provider,
        `timing.${name}`,
        'has to be whole milliseconds above zero',
      );
    }
  }
  const { notFoundIsFinalAfter, ...durations } = override;
  const timing = { ...card.timing, ...durations };
  if (notFoundIsFinalAfter !== undefined && card.notFoundIsFinalAfter === null) {
    throw new ProviderSettingsError(
      card.provider,
      'timing.notFoundIsFinalAfter',
      'has to be left out: "not found" proves nothing at this provider',
    );
  }
  const final = notFoundIsFinalAfter ?? card.notFoundIsFinalAfter;
  if (final !== null && final <= timing.requestTimeout) {
    throw new ProviderSettingsError(
      card.provider,
      'timing.notFoundIsFinalAfter',
      'has to be longer than requestTimeout: the request may still be under way',
    );
  }
  return { ...card, timing, notFoundIsFinalAfter: final };
}

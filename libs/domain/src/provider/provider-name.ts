/** The five providers. Adding one starts here: every switch over them then fails to compile until it is answered. */
export const PROVIDER_NAMES = ['dvpay', 'goldenpay', 'cashy', 'revere', 'chainpay'] as const;

export type ProviderName = (typeof PROVIDER_NAMES)[number];

export function isProviderName(text: string): text is ProviderName {
  return (PROVIDER_NAMES as readonly string[]).includes(text);
}

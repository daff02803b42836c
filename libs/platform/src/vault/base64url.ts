/**
 * The bytes of a base64url text without padding, or undefined when it is anything but the one text that stands for
 * them: Node's decoder skips what it doesn't know and ignores left-over bits.
 */
export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

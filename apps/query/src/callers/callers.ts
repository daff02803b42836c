import { createHash, timingSafeEqual } from 'node:crypto';

/** Who may call. The subject becomes the source of their commands. */
export interface CallerSetting {
  /** 1 to 128 printable ASCII characters without spaces. */
  readonly subject: string;
  readonly token: string;
}

export interface Caller {
  readonly subject: string;
  /** How we know: it goes along with the command. */
  readonly authenticatedBy: 'bearer' | 'loopback';
}

const LOCAL: Caller = { subject: 'local', authenticatedBy: 'loopback' };
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** The callers of this service. With none, whoever reaches the listener, which must then be loopback, is `local`. */
export class Callers {
  readonly #known: readonly { readonly subject: string; readonly digest: Buffer }[];

  constructor(settings: readonly CallerSetting[]) {
    this.#known = settings.map(({ subject, token }) => ({ subject, digest: digest(token) }));
  }

  get open(): boolean {
    return this.#known.length === 0;
  }

  /** The caller of an `Authorization` header; undefined when it is nobody's. Takes as long for any token. */
  identify(authorization: string | undefined): Caller | undefined {
    if (this.open) return LOCAL;
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const sent = digest(token);
    let found: Caller | undefined;
    for (const { subject, digest: known } of this.#known) {
      if (timingSafeEqual(known, sent)) found = { subject, authenticatedBy: 'bearer' };
    }
    return found;
  }
}

/** Of one length, so that the comparison tells nothing of the token's own. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

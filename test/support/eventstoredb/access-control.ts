import type { EventLog } from './log/event-log.js';
import { isMetastream, originalOf } from './log/stored-event.js';
import { parseAccessList, parseObject, type AccessList, type Right } from './log/stream-metadata.js';
import { hasPassword, storedUser, type User } from './users.js';

/** Who makes a call. Without credentials: nobody, who may do nothing. */
export interface Principal {
  readonly name: string | undefined;
  readonly roles: ReadonlySet<string>;
}

const NOBODY: Principal = { name: undefined, roles: new Set() };
const ADMINS = '$admins';
const EVERYBODY = '$all';

const USER_STREAMS: Required<AccessList> = {
  $r: [EVERYBODY],
  $w: [EVERYBODY],
  $d: [EVERYBODY],
  $mr: [EVERYBODY],
  $mw: [EVERYBODY],
};
const SYSTEM_STREAMS: Required<AccessList> = {
  $r: [ADMINS],
  $w: [ADMINS],
  $d: [ADMINS],
  $mr: [ADMINS],
  $mw: [ADMINS],
};

/**
 * Who may do what, as it was recorded with access control on: every user may append to, delete and tombstone every
 * stream, and only `$admins` may read `$all`, until `$settings` and the metadata of `$all` say otherwise.
 */
export class AccessControl {
  readonly #users = new Map<string, User>();

  constructor(
    users: readonly User[],
    private readonly log: EventLog,
  ) {
    for (const user of users) this.#users.set(user.name, user);
  }

  user(name: string): User | undefined {
    return this.#users.get(name) ?? storedUser(this.log, name);
  }

  /** The caller by its `authorization` header; undefined when name or password is wrong. */
  principal(authorization: string | undefined): Principal | undefined {
    if (authorization === undefined) return NOBODY;
    const [scheme, encoded = ''] = authorization.split(' ');
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    const user = this.user(text.slice(0, colon));
    if (scheme?.toLowerCase() !== 'basic' || user === undefined) return undefined;
    if (!hasPassword(user, text.slice(colon + 1))) return undefined;
    return { name: user.name, roles: new Set([user.name, EVERYBODY, ...user.groups]) };
  }

  isAdmin(principal: Principal): boolean {
    return principal.roles.has(ADMINS);
  }

  may(principal: Principal, right: '$r' | '$w' | '$d', stream: string): boolean {
    if (principal.roles.has(ADMINS)) return true;
    const metastream = isMetastream(stream);
    const original = metastream ? originalOf(stream) : stream;
    const needed: Right = !metastream ? right : right === '$r' ? '$mr' : '$mw';
    const own = this.log.metadataOf(original).acl?.[needed];
    const roles = own ?? this.#defaults(original.startsWith('$'))[needed];
    return roles.some((role) => principal.roles.has(role));
  }

  #defaults(system: boolean): Required<AccessList> {
    const last = this.log.streamEvents('$settings').findLast((event) => event.type === 'update-default-acl');
    const given = parseAccessList(parseObject(last?.data)[system ? '$systemStreamAcl' : '$userStreamAcl']);
    return { ...(system ? SYSTEM_STREAMS : USER_STREAMS), ...given };
  }
}

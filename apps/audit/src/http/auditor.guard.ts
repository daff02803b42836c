import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { constantTimeEqual } from '#platform/vault/keyed-hash';
import { AuditProblem } from './audit-problems.js';

/** What an auditor has to show. Without one everybody on this machine may read, and the listener must be loopback. */
export class AuditorToken {
  constructor(private readonly token: string | undefined) {}

  admits(authorization: string | undefined): boolean {
    if (this.token === undefined) return true;
    return authorization !== undefined && constantTimeEqual(authorization, `Bearer ${this.token}`);
  }
}

/** Lets only auditors through. */
@Injectable()
export class AuditorGuard implements CanActivate {
  constructor(private readonly token: AuditorToken) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.token.admits(request.headers.authorization)) return true;
    throw new AuditProblem(
      'unauthenticated',
      "send `Authorization: Bearer <token>` with the auditors' token",
    );
  }
}

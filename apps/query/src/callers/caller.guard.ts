import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { problem, ProblemException } from '../problem/problems.js';
import { Callers, type Caller } from './callers.js';

const identified = new WeakMap<FastifyRequest, Caller>();

/** Lets only known callers through. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(private readonly callers: Callers) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = this.callers.identify(request.headers.authorization);
    if (caller === undefined) {
      throw new ProblemException(
        problem('unauthenticated', 'send `Authorization: Bearer <token>` with a token of this service'),
        { 'www-authenticate': 'Bearer realm="payout-ledger"' },
      );
    }
    identified.set(request, caller);
    return true;
  }
}

/** The caller that the guard let through. */
export const FromCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = identified.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (caller === undefined) throw new Error('the route has no CallerGuard');
  return caller;
});

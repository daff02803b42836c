import { Controller, Headers, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallbackReceiver } from './callback-receiver.js';

/** Where providers call back. The body stays the bytes that came: signatures are over them. */
@Controller('callbacks')
export class CallbackController {
  constructor(private readonly receiver: CallbackReceiver) {}

  @Post(':provider')
  @HttpCode(200)
  receive(
    @Param('provider') provider: string,
    @Headers() headers: Record<string, string | string[]>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(provider, undefined, headers, request, reply);
  }

  /** For a provider that signs nothing: its URL ends with a secret. */
  @Post(':provider/:token')
  @HttpCode(200)
  receiveOnSecretPath(
    @Param('provider') provider: string,
    @Param('token') token: string,
    @Headers() headers: Record<string, string | string[]>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(provider, token, headers, request, reply);
  }

  private async answer(
    provider: string,
    pathToken: string | undefined,
    headers: Record<string, string | string[]>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
    const { status, contentType, text } = await this.receiver.receive({
      provider,
      body,
      headers,
      ...(pathToken === undefined ? {} : { pathToken }),
    });
    await reply.status(status).header('content-type', contentType).send(text);
  }
}

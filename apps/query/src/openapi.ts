import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const DESCRIPTION = `Payouts, recorded as they happen and paid once.

**Commands** (POST) need an \`Idempotency-Key\`. The same key with the same body is the same command: it gets the first
answer again, for ever. They are answered as soon as the fact is durable; what follows is seen by reading.

**Reads** come from tables that follow the log, usually by some milliseconds. To read your own write, give the
\`position\` of the answer as \`minPosition\`. Every answer has the header \`Ledger-Position\`.

**Amounts** are decimal text, exact. **Errors** are problem details (RFC 9457) with a stable \`code\`.`;

/** The OpenAPI 3.1 document, made from the controllers and views. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Payout ledger')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addTag('payouts')
    .addTag('accounts')
    .addTag('operation')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'opaque',
      description: 'One of the tokens that the service was given for its callers.',
    })
    .build();
  return SwaggerModule.createDocument(app, base, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}

/** Serves the document at /openapi.json, and a page that shows it at /docs, all from this process. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('docs', app, openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Payout ledger API',
    // Nothing is loaded from, or sent to, anywhere else.
    swaggerOptions: {
      validatorUrl: null,
      deepLinking: true,
      displayRequestDuration: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
    },
    // The bar on top is the viewer's own: a logo, and a search for documents that aren't here.
    customCss: '.swagger-ui .topbar { display: none }',
  });
}

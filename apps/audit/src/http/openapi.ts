import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const DESCRIPTION = `What an auditor asks of the ledger. It answers from the log of events alone, and changes nothing.

The tables that other readers see are only looked at by a replay, which compares them with the log row by row.

**Amounts** are decimal text, exact. **Errors** are problem details (RFC 9457) with a stable \`code\`.`;

/** The OpenAPI 3.1 document, made from the controllers and views. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Payout ledger: audit')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addTag('history')
    .addTag('replay')
    .addTag('operation')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'opaque',
      description: 'The token that the service was given for its auditors.',
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
    customSiteTitle: 'Payout ledger: audit API',
    // Nothing is loaded from, or sent to, anywhere else.
    swaggerOptions: {
      validatorUrl: null,
      deepLinking: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
    },
    // The bar on top is the viewer's own: a logo, and a search for documents that aren't here.
    customCss: '.swagger-ui .topbar { display: none }',
  });
}

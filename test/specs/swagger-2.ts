/** A Swagger 2.0 document in the form of OpenAPI 3, as far as the check of exchanges reads it. */
import type { JsonSchema, OpenApiDocument, Operation, Parameter } from './open-api.ts';

interface SwaggerParameter extends Parameter {
  type?: string;
}

interface SwaggerOperation {
  parameters?: readonly SwaggerParameter[];
  responses: { [status: string]: { schema?: JsonSchema } };
}

interface SwaggerDocument {
  paths: { [template: string]: { [method: string]: SwaggerOperation } };
  definitions: { [name: string]: JsonSchema };
}

/** In place: `paths` and `definitions` become what `open-api.ts` describes. */
export function convertSwagger2(document: OpenApiDocument): void {
  const swagger = document as unknown as SwaggerDocument;
  for (const item of Object.values(swagger.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      Object.assign(item, { [method]: convertOperation(operation) });
    }
  }
  const schemas = mapReferences(swagger.definitions) as { [name: string]: JsonSchema };
  document.components = { schemas };
}

function convertOperation({ parameters = [], responses }: SwaggerOperation): Operation {
  const body = parameters.find((parameter) => parameter.in === 'body');
  const answers = Object.entries(responses).map(([status, { schema }]) => [
    status,
    schema === undefined ? {} : contentOf(schema),
  ]);
  return {
    parameters: parameters
      .filter((parameter) => parameter.in !== 'body')
      .map(({ type, ...rest }) => ({
        ...rest,
        ...(type === undefined ? {} : { schema: { type } }),
      })),
    ...(body?.schema === undefined
      ? {}
      : { requestBody: { required: body.required === true, ...contentOf(body.schema) } }),
    responses: Object.fromEntries(answers) as Operation['responses'],
  };
}

function contentOf(schema: JsonSchema) {
  return { content: { 'application/json': { schema: mapReferences(schema) as JsonSchema } } };
}

function mapReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(mapReferences);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [
    key,
    key === '$ref'
      ? String(value).replace('#/definitions/', '#/components/schemas/')
      : mapReferences(value),
  ]);
  return Object.fromEntries(entries);
}

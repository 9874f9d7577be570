/** The parts of an OpenAPI 3.0 document that a check of recorded exchanges reads. */

export type JsonSchema = { [keyword: string]: unknown };

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: JsonSchema;
  /** `deepObject`: one value for each of its fields or items. */
  style?: string;
}

export interface MediaTypes {
  [mediaType: string]: { schema?: JsonSchema };
}

export interface Operation {
  parameters?: readonly Parameter[];
  requestBody?: { required?: boolean; content?: MediaTypes };
  responses: { [status: string]: { content?: MediaTypes } };
}

export interface OpenApiDocument {
  paths: { [template: string]: { [method: string]: unknown } };
  components?: { schemas?: { [name: string]: JsonSchema } } & { [kind: string]: unknown };
}

/** One thing in a vendor's document that contradicts the vendor itself, mended in memory only. */
export interface Patch {
  what: string;
  why: string;
  apply(document: OpenApiDocument): void;
}

export interface FoundOperation {
  operation: Operation;
  parameters: readonly Parameter[];
  document: OpenApiDocument;
}

/**
 * The operation that answers this method and path, the template with the fewest placeholders first;
 * null when no document has one.
 */
export function findOperation(
  documents: readonly OpenApiDocument[],
  method: string,
  path: string,
): FoundOperation | null {
  const candidates = documents.flatMap((document) =>
    Object.entries(document.paths)
      .filter(([template, item]) => method in item && matchesTemplate(template, path))
      .map(([template, item]) => ({ template, item, document })),
  );
  candidates.sort((a, b) => placeholders(a.template) - placeholders(b.template));
  const best = candidates[0];
  if (best === undefined) return null;
  const operation = best.item[method] as Operation;
  const shared = (best.item.parameters ?? []) as readonly Parameter[];
  const parameters = [...shared, ...(operation.parameters ?? [])].map((parameter) =>
    resolveParameter(parameter, best.document),
  );
  return { operation, parameters, document: best.document };
}

function resolveParameter(parameter: Parameter, document: OpenApiDocument): Parameter {
  const reference = (parameter as { $ref?: string }).$ref;
  if (reference === undefined) return parameter;
  const pointer = reference.replace('#/', '').split('/');
  let found: unknown = document;
  for (const step of pointer) found = (found as { [key: string]: unknown })[step];
  return found as Parameter;
}

function matchesTemplate(template: string, path: string): boolean {
  const wanted = template.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => segment.includes('{') || segment === given[index])
  );
}

function placeholders(template: string): number {
  return template.split('{').length - 1;
}

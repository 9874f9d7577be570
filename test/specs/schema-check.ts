/**
 * Holds recorded exchanges between a connector and its sandbox against the vendor's own OpenAPI
 * documents, so that neither of the two can agree on something the vendor does not have.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Exchange } from '../sandbox/server.ts';
import { type FormValue, formFields } from '../support/form-fields.ts';
import type { FoundOperation, JsonSchema, MediaTypes, OpenApiDocument, Patch } from './open-api.ts';
import { findOperation } from './open-api.ts';

export interface CheckOptions {
  /** What comes before a document's paths (`/^\/v4_6_release\/apis\/3\.0/`); cut off. */
  basePathPattern: RegExp;
  /** A query parameter that selects fields: an answer to such a request may lack required ones. */
  fieldsParameter?: string;
  /** `GET /system/info`: known to exist, absent from the documents; not checked. */
  unlisted?: readonly RegExp[];
}

/** The folder with the vendors' documents, or null with the reason told on standard error. */
export function specsFolder(): string | null {
  const folder = process.env.VENDOR_SPECS;
  if (folder !== undefined && folder !== '') return path.resolve(folder);
  process.stderr.write(
    '\nSKIPPED: the check against the vendors’ schemas. VENDOR_SPECS names no folder with them;\n' +
      'run it as VENDOR_SPECS=/path/to/specs npm run test:specs\n\n',
  );
  return null;
}

/** Reads a document and mends what is known to be wrong in it, telling each on standard error. */
export function loadSpec(file: string, patches: readonly Patch[] = []): OpenApiDocument {
  const document = JSON.parse(readFileSync(file, 'utf8')) as OpenApiDocument;
  for (const patch of patches) {
    patch.apply(document);
    process.stderr.write(`${path.basename(file)}: ${patch.what} mended: ${patch.why}\n`);
  }
  return document;
}

/**
 * All that is wrong with these exchanges, each as one line that begins with `METHOD path`: unknown
 * operations and parameters, bodies and answers that their schema refuses. Fields that a schema does
 * not have count as wrong too.
 */
export function validateExchanges(
  exchanges: readonly Exchange[],
  specs: readonly OpenApiDocument[],
  options: CheckOptions,
): string[] {
  const schemas = createSchemas(specs);
  const violations = new Set<string>();
  for (const exchange of exchanges) {
    const { method } = exchange.request;
    const line = `${method} ${exchange.request.path.replace(options.basePathPattern, '')}`;
    if (options.unlisted?.some((pattern) => pattern.test(line))) continue;
    const found = options.basePathPattern.test(exchange.request.path)
      ? findOperation(specs, method.toLowerCase(), line.slice(method.length + 1))
      : null;
    const wrong =
      found === null
        ? ['is not in the vendor’s documents']
        : [
            ...queryFaults(exchange, found),
            ...bodyFaults(exchange, found, schemas),
            ...answerFaults(exchange, found, schemas, options),
          ];
    for (const text of wrong) violations.add(`${line}: ${text}`);
  }
  return [...violations];
}

/** An exchange as a sandbox would record it, to see that the check finds what is wrong. `''`: no body. */
export function madeExchange(
  method: string,
  url: string,
  body: unknown,
  answer: unknown,
): Exchange {
  const { pathname, searchParams } = new URL(url, 'http://sandbox');
  const text = body === '' ? '' : JSON.stringify(body);
  const request = { method, path: pathname, query: searchParams, headers: {} };
  return { request: { ...request, body: text, json: () => body }, status: 200, answer };
}

function queryFaults(exchange: Exchange, found: FoundOperation): string[] {
  const { query, headers } = exchange.request;
  const faults: string[] = [];
  for (const [name, value] of query) {
    // `created[gte]`, `types[0]`: a value within the parameter of that name.
    const whole = name.replace(/\[.*$/, '');
    const parameter = found.parameters.find(
      ({ in: place, name: known, style }) =>
        place === 'query' && known === (style === 'deepObject' ? whole : name),
    );
    if (parameter === undefined) faults.push(`unknown query parameter ${name}`);
    else if (!isOfType(value, innerSchema(name, parameter.schema))) {
      faults.push(`query parameter ${name}=${value} is not of type ${parameter.schema?.type}`);
    }
  }
  for (const parameter of found.parameters.filter((known) => known.required === true)) {
    const isMissing =
      (parameter.in === 'query' && !query.has(parameter.name)) ||
      (parameter.in === 'header' && !(parameter.name.toLowerCase() in headers));
    if (isMissing) faults.push(`required ${parameter.in} parameter ${parameter.name} is missing`);
  }
  return faults;
}

/** The schema of `[gte]` in `created[gte]`; of the parameter itself for a plain name. */
function innerSchema(name: string, schema: JsonSchema | undefined): JsonSchema | undefined {
  const inner = /\[(.*)\]$/.exec(name)?.[1];
  if (inner === undefined || schema === undefined) return schema;
  const options = (schema.anyOf ?? [schema]) as JsonSchema[];
  const properties = options.map((option) => option.properties as { [key: string]: JsonSchema });
  const found = properties.find((one) => one !== undefined && inner in one)?.[inner];
  const item = schema.items as JsonSchema | undefined;
  return found ?? item ?? { enum: [] };
}

/** A form's texts as what the schema takes them for: numbers, flags and lists. */
function typedFields(value: FormValue, schema: JsonSchema): unknown {
  const options = schema.anyOf as JsonSchema[] | undefined;
  if (typeof value === 'string') {
    const types = [schema, ...(options ?? [])].map(({ type }) => type);
    if (types.includes('integer') && /^-?\d+$/.test(value)) return Number(value);
    return types.includes('boolean') && /^(?:true|false)$/.test(value) ? value === 'true' : value;
  }
  const chosen = options?.find(({ type }) => type === 'object' || type === 'array') ?? schema;
  if (chosen.type === 'array') {
    return Object.values(value).map((item) => typedFields(item, chosen.items as JsonSchema));
  }
  const properties = (chosen.properties ?? {}) as { [name: string]: JsonSchema };
  const others = (chosen.additionalProperties ?? {}) as JsonSchema;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    typedFields(inner, properties[name] ?? others),
  ]);
  return Object.fromEntries(entries);
}

function isOfType(value: string, schema: JsonSchema | undefined): boolean {
  const type = schema?.type;
  const values = schema?.enum;
  if (Array.isArray(values) && !values.includes(value)) return false;
  if (type === 'integer') return /^-?\d+$/.test(value);
  if (type === 'number') return value !== '' && Number.isFinite(Number(value));
  if (type === 'boolean') return value === 'true' || value === 'false';
  return true;
}

function bodyFaults(exchange: Exchange, found: FoundOperation, schemas: Schemas): string[] {
  const { body, headers } = exchange.request;
  const expected = found.operation.requestBody;
  if (body === '') return expected?.required === true ? ['the request has no body'] : [];
  if (expected?.content === undefined) return ['the operation takes no body'];
  const contentType = (headers['content-type'] ?? '').split(';')[0] ?? '';
  if (contentType === 'multipart/form-data') {
    const schema = expected.content[contentType]?.schema;
    if (schema === undefined) return ['the operation takes no multipart body'];
    const parts = multipartParts(body);
    return schemas.faults(schema, found.document, parts, 'request').map((text) => `body ${text}`);
  }
  if (contentType === 'application/x-www-form-urlencoded') {
    const schema = expected.content[contentType]?.schema;
    if (schema === undefined) return ['the operation takes no form'];
    const fields = typedFields(formFields(body), schema);
    return schemas.faults(schema, found.document, fields, 'request').map((text) => `form ${text}`);
  }
  const schema = jsonSchemaOf(expected.content);
  if (schema === null) return [];
  return schemas
    .faults(schema, found.document, exchange.request.json(), 'request')
    .map((text) => `body ${text}`);
}

function answerFaults(
  exchange: Exchange,
  found: FoundOperation,
  schemas: Schemas,
  options: CheckOptions,
): string[] {
  const { status, answer, request } = exchange;
  const { responses } = found.operation;
  const described = responses[String(status)] ?? (status >= 400 ? responses.default : undefined);
  if (described === undefined) {
    return status < 400 ? [`status ${status} is not described`] : [];
  }
  const schema = described.content === undefined ? null : jsonSchemaOf(described.content);
  if (schema === null) return [];
  const isPart =
    options.fieldsParameter !== undefined && request.query.has(options.fieldsParameter);
  return schemas
    .faults(schema, found.document, answer, isPart ? 'selection' : 'answer')
    .map((text) => `answer ${text}`);
}

function jsonSchemaOf(content: MediaTypes): JsonSchema | null {
  const entry = Object.entries(content).find(([type]) => /json/.test(type));
  return entry?.[1].schema ?? null;
}

/** JSON parts of a multipart body, by name. */
function multipartParts(body: string): { [name: string]: unknown } {
  const boundary = body.slice(0, body.indexOf('\r\n'));
  const parts: { [name: string]: unknown } = {};
  for (const part of body.split(boundary)) {
    const name = /name="([^"]*)"/.exec(part)?.[1];
    const content = part.slice(part.indexOf('\r\n\r\n') + 4).trim();
    if (name !== undefined) parts[name] = JSON.parse(content) as unknown;
  }
  return parts;
}

type Use = 'request' | 'answer' | 'selection';

interface Schemas {
  faults(schema: JsonSchema, document: OpenApiDocument, value: unknown, use: Use): string[];
}

function createSchemas(documents: readonly OpenApiDocument[]): Schemas {
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
  addFormats.default(ajv);
  ajv.addFormat('decimal', /^-?\d+(?:\.\d+)?$/);
  ajv.addFormat('unix-time', { type: 'number', validate: (seconds) => seconds >= 0 });
  const compiled = new Map<string, ValidateFunction>();
  documents.forEach((document, index) => {
    for (const use of ['answer', 'selection'] as const) {
      const schemas = Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => [
        name,
        toJsonSchema(schema, { isStrict: true, areRequired: use === 'answer', base: '' }),
      ]);
      const $id = documentId(index, use);
      ajv.addSchema({ $id, components: { schemas: Object.fromEntries(schemas) } });
    }
  });
  return {
    faults(schema, document, value, use) {
      const form = use === 'selection' ? 'selection' : 'answer';
      const base = documentId(documents.indexOf(document), form);
      const key = `${base} ${JSON.stringify(schema)}`;
      const validate =
        compiled.get(key) ??
        ajv.compile(toJsonSchema(schema, { isStrict: true, areRequired: form === 'answer', base }));
      compiled.set(key, validate);
      if (validate(value)) return [];
      return (validate.errors ?? []).map((error) => {
        const extra = error.params.additionalProperty ?? '';
        return `${error.instancePath || '/'} ${error.message ?? 'is invalid'} ${extra}`.trim();
      });
    },
  };
}

function documentId(index: number, use: string): string {
  return `https://spec.invalid/${index}/${use}`;
}

interface Rewriting {
  /** Whether properties that the schema does not name are refused. */
  isStrict: boolean;
  areRequired: boolean;
  base: string;
}

/** OpenAPI 3.0's dialect as JSON Schema: `nullable`, and references into the stored document. */
function toJsonSchema(schema: JsonSchema, how: Rewriting): JsonSchema {
  const { nullable, ...rest } = schema;
  const rewritten: JsonSchema = {};
  for (const [keyword, value] of Object.entries(rest)) {
    if (keyword === '$ref') rewritten.$ref = how.base + String(value);
    else if (keyword === 'required' && !how.areRequired) continue;
    else if (keyword === 'properties') rewritten[keyword] = mapSchemas(value, how);
    else if (['items', 'additionalProperties', 'not'].includes(keyword) && isSchema(value)) {
      rewritten[keyword] = toJsonSchema(value, how);
    } else if (['allOf', 'anyOf', 'oneOf'].includes(keyword) && Array.isArray(value)) {
      // One member of a combination does not know the others' properties.
      const loose = { ...how, isStrict: false };
      rewritten[keyword] = value.map((part: JsonSchema) => toJsonSchema(part, loose));
    } else rewritten[keyword] = value;
  }
  const isClosed = how.isStrict && 'properties' in schema && !('additionalProperties' in schema);
  if (isClosed) rewritten.additionalProperties = false;
  return nullable === true ? { anyOf: [{ type: 'null' }, rewritten] } : rewritten;
}

function mapSchemas(value: unknown, how: Rewriting): JsonSchema {
  const entries = Object.entries(value as { [name: string]: JsonSchema });
  return Object.fromEntries(entries.map(([name, schema]) => [name, toJsonSchema(schema, how)]));
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

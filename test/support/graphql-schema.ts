/** A schema from its text, and what is wrong with a document or an input by it. */
import type { ParsedDocument, Selection } from './graphql-document.ts';

export interface Member {
  /** As written: `[Ticket!]`, `ID!`. */
  type: string;
  /** Of its argument `input`, for an operation. */
  input: string | null;
}

export interface SdlType {
  kind: 'type' | 'input';
  members: Map<string, Member>;
}

export type Sdl = Map<string, SdlType>;

export function parseSdl(text: string): Sdl {
  const types: Sdl = new Map();
  const plain = text.replace(/#.*$/gm, '');
  for (const [, kind, name = '', body = ''] of plain.matchAll(
    /\b(type|input)\s+(\w+)\s*\{([^}]*)\}/g,
  )) {
    const members = new Map<string, Member>();
    for (const [, member = '', input, type = ''] of body.matchAll(
      /(\w+)\s*(?:\(\s*input:\s*([\w[\]!]+)\s*\))?\s*:\s*([\w[\]!]+)/g,
    )) {
      members.set(member, { type, input: input ?? null });
    }
    types.set(name, { kind: kind === 'type' ? 'type' : 'input', members });
  }
  return types;
}

/** `[Ticket!]` is of `Ticket`. */
export function baseOf(type: string): string {
  return type.replace(/[[\]!]/g, '');
}

/** The first fault that makes the service refuse to run a document; null: it runs. */
export function documentFault(sdl: Sdl, document: ParsedDocument): string | null {
  const root = document.kind === 'query' ? 'Query' : 'Mutation';
  for (const field of document.fields) {
    const member = sdl.get(root)?.members.get(field.name);
    if (member === undefined) return `FieldUndefined: ${field.name} in ${root}`;
    const declared = document.variables[(field.args.input ?? '').slice(1)] ?? '';
    const fits = declared === member.input || declared === `${member.input}!`;
    if (member.input !== null && !fits) {
      return `VariableTypeMismatch: ${field.name} takes ${member.input}, not ${declared}`;
    }
  }
  return selectionFault(sdl, root, document.fields);
}

function selectionFault(sdl: Sdl, typeName: string, fields: readonly Selection[]): string | null {
  for (const { name, fields: inner } of fields) {
    const member = sdl.get(typeName)?.members.get(name);
    if (member === undefined) return `FieldUndefined: ${name} in ${typeName}`;
    const type = baseOf(member.type);
    const isObject = sdl.get(type)?.kind === 'type';
    if (!isObject && inner.length > 0) return `SubSelectionNotAllowed: ${name} is ${type}`;
    if (isObject && inner.length === 0) return `SubSelectionRequired: ${name} is ${type}`;
    const fault = isObject ? selectionFault(sdl, type, inner) : null;
    if (fault !== null) return fault;
  }
  return null;
}

/** What a value lacks or has too much of as an input; null: it fits. */
export function inputFault(sdl: Sdl, type: string, value: unknown, path: string): string | null {
  if (value === null || value === undefined)
    return type.endsWith('!') ? `${path} is missing` : null;
  const bare = type.replace(/!$/, '');
  if (bare.startsWith('[')) {
    if (!Array.isArray(value)) return `${path} is no list`;
    const faults = value.map((item, at) =>
      inputFault(sdl, bare.slice(1, -1), item, `${path}.${at}`),
    );
    return faults.find((fault) => fault !== null) ?? null;
  }
  const input = sdl.get(bare);
  if (input?.kind !== 'input') return scalarFault(bare, value, path);
  if (typeof value !== 'object') return `${path} is no ${bare}`;
  const given = Object.entries(value);
  const unknown = given.find(([name]) => !input.members.has(name));
  if (unknown !== undefined) return `${path}.${unknown[0]} is not in ${bare}`;
  for (const [name, member] of input.members) {
    const fault = inputFault(sdl, member.type, Object(value)[name], `${path}.${name}`);
    if (fault !== null) return fault;
  }
  return null;
}

function scalarFault(type: string, value: unknown, path: string): string | null {
  const isText = typeof value === 'string';
  if (type === 'Int') return Number.isInteger(value) ? null : `${path} is no Int`;
  if (type === 'Boolean') return typeof value === 'boolean' ? null : `${path} is no Boolean`;
  if (type === 'ID') return isText || Number.isSafeInteger(value) ? null : `${path} is no ID`;
  if (type === 'String' || type === 'DateTime') return isText ? null : `${path} is no ${type}`;
  return null;
}

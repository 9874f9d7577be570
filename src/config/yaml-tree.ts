import type { Document, YAMLError } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Path } from './fault.ts';

interface Position {
  line: number;
  column: number;
}

/** The file as plain values, each with its place. */
export interface YamlTree {
  /**
   * Numbers outside `connections` are the text that stands in the file (`"120.00"`), so that hours
   * and money never pass through a binary float.
   */
  value: unknown;
  /** Where a key or value stands; for one that is absent, the group that lacks it. */
  positionOf(path: Path, at: 'key' | 'value'): Position;
}

export interface SyntaxFault extends Position {
  message: string;
}

interface Places {
  document: Document;
  /** By path as JSON: offsets into the text. */
  offsets: Map<string, { key: number; value: number }>;
  faults: { offset: number; message: string }[];
  /** Aliased nodes that are being read, against an alias that contains itself. */
  open: Set<unknown>;
}

/** The syntax faults, or the tree. With duplicate keys there are both: the first of the two counts. */
export function readYaml(text: string): { tree: YamlTree | null; faults: SyntaxFault[] } {
  const lines = new LineCounter();
  // The parser's pretty messages quote the lines around a fault, and these may hold a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...document.errors, ...document.warnings].map((error) => ({
    ...positionAt(error.pos[0]),
    message: syntaxMessage(error, text),
  }));
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY'))
    return { tree: null, faults };

  const places: Places = { document, offsets: new Map(), faults: [], open: new Set() };
  const value = valueOfNode(document.contents, [], places);
  for (const { offset, message } of places.faults) faults.push({ ...positionAt(offset), message });
  const positionOf = (path: Path, at: 'key' | 'value'): Position => {
    for (let length = path.length; length > 0; length--) {
      const found = places.offsets.get(JSON.stringify(path.slice(0, length)));
      if (found)
        return positionAt(length === path.length && at === 'value' ? found.value : found.key);
    }
    return { line: 1, column: 1 };
  };
  return { tree: { value, positionOf }, faults };
}

function valueOfNode(node: unknown, path: Path, places: Places): unknown {
  if (isAlias(node))
    return aliasedValue(node.resolve(places.document), offsetOf(node), path, places);
  if (isMap(node)) {
    const entries: [string, unknown][] = [];
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : null;
      if (name === null) {
        places.faults.push({
          offset: offsetOf(key),
          message: 'this key is no plain text; write a name',
        });
        continue;
      }
      if (entries.some(([other]) => other === name)) continue;
      const keyOffset = offsetOf(key);
      const inner = [...path, name];
      places.offsets.set(JSON.stringify(inner), {
        key: keyOffset,
        value: value === null ? keyOffset : offsetOf(value),
      });
      entries.push([name, valueOfNode(value, inner, places)]);
    }
    return Object.fromEntries(entries);
  }
  if (isSeq(node)) {
    return node.items.map((item, index) => {
      const inner = [...path, index];
      const offset = offsetOf(item);
      places.offsets.set(JSON.stringify(inner), { key: offset, value: offset });
      return valueOfNode(item, inner, places);
    });
  }
  if (!isScalar(node)) return null;
  const isNumber = typeof node.value === 'number' || typeof node.value === 'bigint';
  return isNumber && path[0] !== 'connections' ? (node.source ?? String(node.value)) : node.value;
}

function aliasedValue(target: unknown, offset: number, path: Path, places: Places): unknown {
  if (target === undefined || places.open.has(target)) {
    const message =
      target === undefined
        ? 'this alias has no anchor before it; quote the text if it is meant to begin with *'
        : 'this alias contains itself; write the value out';
    places.faults.push({ offset, message });
    return null;
  }
  places.open.add(target);
  const value = valueOfNode(target, path, places);
  places.open.delete(target);
  return value;
}

function offsetOf(node: unknown): number {
  const isPlaced = isAlias(node) || isMap(node) || isScalar(node) || isSeq(node);
  return isPlaced ? (node.range?.[0] ?? 0) : 0;
}

/** Our own words: the parser's may quote the file, and what is quoted may be a secret. */
function syntaxMessage(error: YAMLError, text: string): string {
  const known: { [Code in YAMLError['code']]?: string } = {
    BAD_DQ_ESCAPE: 'unknown escape in a "…" text; write \\\\ for a backslash, or use \'…\'',
    BAD_INDENT: 'wrong indentation; keys of one group begin in the same column',
    BAD_SCALAR_START: 'a text cannot begin with this character; put it in quotes',
    BLOCK_IN_FLOW: 'a { or [ is still open; close it, or quote a text that holds ": "',
    BLOCK_AS_IMPLICIT_KEY: 'a second ": " on one line; put the text in quotes',
    MISSING_CHAR: 'a closing quote, bracket, colon or comma is missing; add it',
    MULTILINE_IMPLICIT_KEY: 'a key goes over several lines; is a colon missing before here?',
    MULTIPLE_DOCS: 'a second document begins here; keep one, without a --- line',
    TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
    TAG_RESOLVE_FAILED: 'unknown tag; quote the text if it is meant to begin with !',
  };
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[\w-]+/.exec(text.slice(error.pos[0]))?.[0];
    const name = key === undefined ? 'this key' : `"${key}"`;
    return `${name} is here a second time; keep one of the two`;
  }
  return `not valid YAML: ${known[error.code] ?? `${error.code}; compare with the example file`}`;
}

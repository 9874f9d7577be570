import type { Alias, YAMLError } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Path } from '../fault.ts';

interface Position {
  line: number;
  column: number;
}

/** The file as plain values, each with its position. */
export interface YamlTree {
  /**
   * Numbers outside `connections` are kept as the text in the file (`"120.00"`), so that hours and
   * money never pass through a binary float.
   */
  value: unknown;
  /** The position of a key or value; for a missing one, that of its group. */
  positionOf(path: Path, at: 'key' | 'value'): Position;
}

interface SyntaxFault extends Position {
  message: string;
}

interface Places {
  faults: { offset: number; message: string }[];
  /** Aliased nodes that are being read, against an alias that contains itself. */
  open: Set<unknown>;
  /** Nodes by their anchors, so far. */
  anchors: Map<string, unknown>;
  /** The node that each alias refers to. */
  targets: Map<unknown, unknown>;
  /** Values read so far, counting repetitions by aliases. */
  count: number;
}

/** More than any config has; a few nested aliases can produce billions. */
const valuesMax = 100_000;

/** The syntax errors, or the tree. With duplicate keys there are both, and the first one counts. */
export function readYaml(text: string): { tree: YamlTree | null; faults: SyntaxFault[] } {
  const lines = new LineCounter();
  // The parser's pretty messages quote the lines around an error, which may contain a secret.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Its own duplicate check takes hours for a few hundred thousand keys; ours is below.
    uniqueKeys: false,
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...document.errors, ...document.warnings].map((error) => ({
    ...positionAt(error.pos[0]),
    message: syntaxMessage(error),
  }));
  if (document.errors.length > 0) return { tree: null, faults };

  const places: Places = {
    faults: [],
    open: new Set(),
    anchors: new Map(),
    targets: new Map(),
    count: 0,
  };
  const value = valueOfNode(document.contents, null, places);
  if (places.count > valuesMax) {
    const message = `the file has more than ${valuesMax} values, including those repeated by aliases; remove what is not a setting`;
    return { tree: null, faults: [{ line: 1, column: 1, message }] };
  }
  for (const { offset, message } of places.faults) faults.push({ ...positionAt(offset), message });
  const positionOf = (path: Path, at: 'key' | 'value'): Position => {
    const found = findNode(document.contents, path, places.targets);
    return found === null
      ? { line: 1, column: 1 }
      : positionAt(found.isWhole ? found[at] : found.key);
  };
  return { tree: { value, positionOf }, faults };
}

/** `section`: the key at the top of the file that the node is below; null: it is the top. */
function valueOfNode(node: unknown, section: string | null, places: Places): unknown {
  places.count += 1;
  if (places.count > valuesMax) return null;
  if (isAlias(node)) return aliasedValue(node, section, places);
  noteAnchor(node, places);
  if (isMap(node)) {
    const entries = new Map<string, unknown>();
    for (const { key, value } of node.items) {
      noteAnchor(key, places);
      const name = nameOf(key);
      if (name === null) {
        places.faults.push({
          offset: offsetOf(key),
          message: 'this key is not plain text; use a name',
        });
        continue;
      }
      if (entries.has(name)) {
        const shown = /^[\w-]+/.exec(name)?.[0] === name ? `"${name}"` : 'this key';
        const message = `${shown} is a duplicate; keep one of the two`;
        places.faults.push({ offset: offsetOf(key), message });
        continue;
      }
      entries.set(name, valueOfNode(value, section ?? name, places));
    }
    return Object.fromEntries(entries);
  }
  if (isSeq(node)) {
    return node.items.map((item) => valueOfNode(item, section, places));
  }
  if (!isScalar(node)) return null;
  const isNumber = typeof node.value === 'number' || typeof node.value === 'bigint';
  return isNumber && section !== 'connections' ? (node.source ?? String(node.value)) : node.value;
}

/** The parser's own `resolve` goes through the whole file for each alias. */
function noteAnchor(node: unknown, { anchors, open }: Places): void {
  const isAnchor = isScalar(node) || isMap(node) || isSeq(node);
  if (isAnchor && node.anchor !== undefined && open.size === 0) anchors.set(node.anchor, node);
}

function aliasedValue(alias: Alias, section: string | null, places: Places): unknown {
  const target = places.anchors.get(alias.source);
  if (target === undefined || places.open.has(target)) {
    const message =
      target === undefined
        ? 'this alias has no anchor before it; quote the text if it should start with *'
        : 'this alias contains itself; write out the value';
    places.faults.push({ offset: offsetOf(alias), message });
    return null;
  }
  places.targets.set(alias, target);
  places.open.add(target);
  const value = valueOfNode(target, section, places);
  places.open.delete(target);
  return value;
}

interface FoundNode {
  /** Offsets into the text. */
  key: number;
  value: number;
  /** False: the path leads further, to something that is missing. */
  isWhole: boolean;
}

/** The last node on a path that is there; null: not even the first. */
function findNode(
  top: unknown,
  path: Path,
  targets: ReadonlyMap<unknown, unknown>,
): FoundNode | null {
  let found: FoundNode | null = null;
  let node = top;
  for (const [depth, step] of path.entries()) {
    const group = isAlias(node) ? targets.get(node) : node;
    const isWhole = depth === path.length - 1;
    if (isMap(group)) {
      const pair = group.items.find(({ key }) => nameOf(key) === String(step));
      if (pair === undefined) break;
      const key = offsetOf(pair.key);
      node = pair.value;
      found = { key, value: node === null ? key : offsetOf(node), isWhole };
    } else if (isSeq(group) && typeof step === 'number' && step < group.items.length) {
      node = group.items[step];
      found = { key: offsetOf(node), value: offsetOf(node), isWhole };
    } else break;
  }
  return found;
}

/** A key's text as it stands in the file; null: it is not plain text. */
function nameOf(key: unknown): string | null {
  return isScalar(key) ? (key.source ?? String(key.value)) : null;
}

function offsetOf(node: unknown): number {
  const isPlaced = isAlias(node) || isMap(node) || isScalar(node) || isSeq(node);
  return isPlaced ? (node.range?.[0] ?? 0) : 0;
}

/** Our own messages: the parser's may quote the file, and the quote may contain a secret. */
function syntaxMessage(error: YAMLError): string {
  const known: { [Code in YAMLError['code']]?: string } = {
    BAD_DQ_ESCAPE: 'unknown escape in "…"; write \\\\ for a backslash, or use \'…\'',
    BAD_INDENT: 'wrong indentation; keys of one group must start in the same column',
    BAD_SCALAR_START: 'text cannot start with this character; put it in quotes',
    BLOCK_IN_FLOW: 'a { or [ is not closed; close it, or quote text that contains ": "',
    BLOCK_AS_IMPLICIT_KEY: 'a second ": " on one line; put the text in quotes',
    MISSING_CHAR: 'a closing quote, bracket, colon or comma is missing; add it',
    MULTILINE_IMPLICIT_KEY: 'a key spans several lines; is a colon missing before this?',
    MULTIPLE_DOCS: 'a second document starts here; keep one, without a --- line',
    TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
    TAG_RESOLVE_FAILED: 'unknown tag; quote the text if it should start with !',
  };
  return `not valid YAML: ${known[error.code] ?? `${error.code}; compare with the example file`}`;
}

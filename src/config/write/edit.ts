import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import { KindError } from '../../domain/errors.ts';
import type { Path } from '../fault.ts';
import { readYaml } from '../read/yaml-tree.ts';
import { flowText, type Writable } from './yaml-text.ts';

/** What is added at the end of a list, or under a new key of a group. */
interface Addition {
  /** The list or the group; it must be there. */
  path: Path;
  /** Null: an item of a list. */
  key: string | null;
  value: Writable;
  /** The key that it comes behind; default: the last one. */
  after?: string;
  /** As in `connections`: a number and its text differ. */
  isTyped?: boolean;
  /** The entry in several lines, for a place that has one entry a line. */
  lines?: readonly string[];
}

/**
 * The file's text with one thing added and every other byte as it was: comments, order and spelling stay.
 * Throws `config` where the file is written in a way that leaves no place for it.
 */
export function addToConfig(text: string, addition: Addition): string {
  const added = inserted(text, addition);
  // What was inserted as text has to read as what was meant, and nothing else may have changed.
  if (added === null || !isDeepStrictEqual(valuesOf(added), expected(text, addition))) {
    const place = addition.path.join('.');
    throw new KindError('config', `Nothing can be added to ${place} automatically.`, {
      fix: `Add this to ${place} in the file: ${entryText(addition)}`,
    });
  }
  return added;
}

function valuesOf(text: string): unknown {
  const { tree, faults } = readYaml(text);
  return faults.length > 0 ? null : tree?.value;
}

function expected(text: string, { path, key, value, isTyped }: Addition): unknown {
  const whole = valuesOf(text) as never;
  const place = path.reduce((found, step) => found?.[step as never], whole) as unknown;
  const entry = valuesOf(`${isTyped ? 'connections' : 'x'}: ${flowText(value, isTyped)}`);
  const read = Object.values(entry as object)[0];
  if (Array.isArray(place)) place.push(read);
  else if (typeof place === 'object' && place !== null) Object.assign(place, { [key ?? '']: read });
  return whole;
}

function entryText({ key, value, isTyped }: Addition): string {
  const text = flowText(value, isTyped);
  return key === null ? text : `${key}: ${text}`;
}

function inserted(text: string, addition: Addition): string | null {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  const node = addition.path.length === 0 ? document.contents : document.getIn(addition.path, true);
  if (!(isMap(node) || isSeq(node)) || !node.range) return null;
  const last = node.items.at(-1);
  if (node.flow === true) {
    const end = node.range[1] - 1;
    const before = text.slice(0, end).trimEnd();
    const isFirst = last === undefined || before.endsWith(',');
    const space = isMap(node) ? ' ' : '';
    return `${before}${isFirst ? space : ', '}${entryText(addition)}${space}${text.slice(end)}`;
  }
  const before = isMap(node) ? node.items.find(({ key }) => nameOf(key) === addition.after) : null;
  const end = endOf(before ?? last);
  if (end === null) return null;
  const [head] = node.range;
  const indent = ' '.repeat(head - text.lastIndexOf('\n', head - 1) - 1);
  const lineEnd = /\r?\n|$/.exec(text.slice(end - 1));
  const at = end - 1 + (lineEnd?.index ?? 0);
  const newline = lineEnd?.[0] || '\n';
  const dash = addition.key === null ? '- ' : '';
  const lines = addition.lines ?? [`${dash}${entryText(addition)}`];
  const entry = lines.map((line) => `${newline}${indent}${line}`).join('');
  return `${text.slice(0, at)}${entry}${text.slice(at) || '\n'}`;
}

function nameOf(key: unknown): string | null {
  return isScalar(key) ? String(key.value) : null;
}

/** Where the value of the last one ends, without the comments behind it. */
function endOf(item: unknown): number | null {
  const node = isPair(item) ? (item.value ?? item.key) : item;
  if (!isNode(node)) return null;
  const isBlock = (isMap(node) || isSeq(node)) && node.flow !== true;
  if (isBlock && node.items.length > 0) return endOf(node.items.at(-1));
  // A text over several lines ends with its line break.
  if (isScalar(node) && /^BLOCK/.test(node.type ?? '')) return (node.range?.[1] ?? 0) - 1;
  return node.range?.[1] ?? null;
}

import type { z } from 'zod';
import { atKey, atValue, type Path, type Problem } from './fault.ts';
import { suggestion } from './nearest.ts';
import { valueAt } from './read/raw.ts';
import { nodesAt, type SchemaNode } from './schema/json-schema.ts';

interface Subject {
  /** What was validated. */
  value: unknown;
  /** What was expected. */
  schema: SchemaNode;
  /** Its path in the file. */
  path: Path;
  /** False where a value may be a secret: then only names and rules are shown. */
  mayQuote: boolean;
}

/** A file with more unknown keys than this in one place is not a config file. */
const unknownKeysMax = 100;

type Issue = z.core.$ZodIssue;

/**
 * For `safeParse`: leaves an issue's message empty unless the schema has its own. Empty messages
 * are filled in here; a schema's own messages are kept.
 */
export function unworded(): string {
  return '';
}

/** Turns Zod issues into messages for an admin: what is wrong; how to fix it. */
export function problemsFromIssues(issues: readonly Issue[], subject: Subject): Problem[] {
  return issues.flatMap((issue) => problemsFromIssue(issue, subject));
}

function problemsFromIssue(issue: Issue, subject: Subject): Problem[] {
  const inner = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const path = [...subject.path, ...inner];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, unknownKeysMax)
      .map((key) => atKey([...path, key], unknownKey(key, inner, subject)));
  }
  if (issue.code === 'invalid_key') return [atKey(path, badName(inner))];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return problemsFromIssues(bestBranch(issue.errors), {
      ...subject,
      path,
      ...below(subject, inner),
    });
  }
  if (issue.message !== '') {
    // A vendor's own message may omit its subject: `must be the host only, without a path`.
    const name = inner.findLast((step) => typeof step === 'string');
    const isClear = subject.mayQuote || name === undefined || issue.message.includes(name);
    return [atValue(path, isClear ? issue.message : `${name}: ${issue.message}`)];
  }
  const value = valueAt(subject.value, inner);
  if (value === undefined && inner.length > 0) return [atValue(path, missing(inner, subject))];
  return [atValue(path, wrongValue(issue, value, inner, subject))];
}

function below(subject: Subject, inner: Path): { value: unknown; schema: SchemaNode } {
  return {
    value: valueAt(subject.value, inner),
    schema: { anyOf: nodesAt(subject.schema, inner) },
  };
}

function unknownKey(key: string, inner: Path, { schema }: Subject): string {
  const nodes = nodesAt(schema, inner);
  if (nodes.some((node) => node.notYet?.includes(key))) {
    return `"${key}" is not supported in this version; remove it`;
  }
  const known = [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
  return `unknown key "${key}"; ${suggestion(key, known, 'known keys')}`;
}

function badName(inner: Path): string {
  return `"${String(inner.at(-1))}" is not a valid name; use letters, digits, - and _, at most 40`;
}

function missing(inner: Path, { schema }: Subject): string {
  const what = nodesAt(schema, inner).find((node) => node.description)?.description;
  const name = String(inner.at(-1));
  return `"${name}" is missing; add it${what === undefined ? '' : `: ${what}`}`;
}

function wrongValue(issue: Issue, value: unknown, inner: Path, subject: Subject): string {
  const named = inner.findLast((step) => typeof step === 'string') ?? 'this';
  const name = typeof inner.at(-1) === 'number' ? `each of ${named}` : named;
  const quoted = quote(value, subject.mayQuote) ?? 'this value';
  const isPlanned = nodesAt(subject.schema, inner).some(
    (node) => node.notYetElse === true || node.notYet?.includes(String(value)),
  );
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    if (isPlanned)
      return `${quoted} is not supported in this version; ${name} may be ${allowed.join(' or ')}`;
    const typed = typeof value === 'string' ? value : '';
    return `${quoted} is not a valid value for ${name}; ${didYouMean(typed, allowed)}`;
  }
  if (issue.code === 'invalid_type') {
    return `${name} must be ${typeInWords(issue.expected)}, but this is ${kindOf(value)}; ${example(issue.expected)}`;
  }
  if (issue.code === 'too_small')
    return `${name} ${sizeRule(issue.origin, issue.minimum, 'least')}`;
  if (issue.code === 'too_big') return `${name} ${sizeRule(issue.origin, issue.maximum, 'most')}`;
  if (issue.code === 'invalid_format') {
    const form = 'pattern' in issue ? `it must match ${String(issue.pattern)}` : 'use a valid one';
    return `${quoted} is not a valid ${issue.format === 'regex' ? name : issue.format}; ${form}`;
  }
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  const typed = typeof value === 'string' ? value : '';
  return `${quoted} is not a valid value for ${name}; ${didYouMean(typed, options.map(String))}`;
}

function didYouMean(typed: string, allowed: readonly string[]): string {
  if (allowed.length === 1) return `use ${allowed[0]}`;
  const words = suggestion(typed, allowed, 'one of');
  return words.startsWith('did') ? `${words} (${allowed.join(', ')})` : words;
}

function quote(value: unknown, mayQuote: boolean): string | null {
  if (!mayQuote || (typeof value !== 'string' && typeof value !== 'boolean')) return null;
  const text = String(value);
  return `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`;
}

function typeInWords(expected: string): string {
  const words: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a group of keys',
    record: 'a group of keys',
  };
  return words[expected] ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a group of keys' : typeInWords(typeof value);
}

function example(expected: string): string {
  if (expected === 'array') return 'write [one, two], or one "- …" per line';
  if (expected === 'object' || expected === 'record')
    return 'write "key: value", indented, below it';
  if (expected === 'string') return 'write text, in quotes if it looks like another type';
  return `write ${typeInWords(expected)}`;
}

function sizeRule(origin: string, limit: number | bigint, word: 'least' | 'most'): string {
  if (origin === 'array')
    return `needs at ${word} ${limit} in its list; ${word === 'least' ? 'add one' : 'remove some'}`;
  if (origin === 'string' && word === 'least') return 'is empty; enter a value';
  if (origin === 'string') return `is too long; use at most ${limit} characters`;
  return `must be at ${word} ${limit}; change the number`;
}

/** For a value that matches none of several shapes: the issues of the closest one. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]) => Math.max(...issues.map((issue) => issue.path.length));
  const isOther = (issues: readonly Issue[]) => {
    return issues.some((issue) => issue.code === 'invalid_value' && issue.values.length === 1);
  };
  const score = (issues: readonly Issue[]) => depth(issues) - (isOther(issues) ? 10 : 0);
  return branches.toSorted((a, b) => score(b) - score(a) || a.length - b.length)[0] ?? [];
}

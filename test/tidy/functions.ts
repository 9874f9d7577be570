/** The functions of source files, as a parser sees them. */
import { parse } from '@babel/parser';
import type { SourceFile } from './walls.ts';

export interface FoundFunction {
  /** `connectors/halopsa/push.ts:31` */
  place: string;
  path: string;
  /** From its first line to its last. */
  lines: number;
  /** Lines within its braces. */
  bodyLines: number;
  /** Its body with every name, text and number replaced: equal for bodies that are equal after renaming. */
  shape: string;
}

interface Node {
  type: string;
  loc: { start: { line: number }; end: { line: number } };
  [key: string]: unknown;
}

export function findFunctions(files: readonly SourceFile[]): FoundFunction[] {
  return files.flatMap(({ path, text }) => {
    const { program } = parse(text, { sourceType: 'module', plugins: ['typescript'] });
    const found: FoundFunction[] = [];
    visit(program as unknown as Node, (node) => {
      const { body } = node;
      if (!/Function|Method/.test(node.type) || !isNode(body) || body.type !== 'BlockStatement') {
        return;
      }
      const { start, end } = node.loc;
      found.push({
        place: `${path}:${start.line}`,
        path,
        lines: end.line - start.line + 1,
        bodyLines: body.loc.end.line - body.loc.start.line - 1,
        shape: shapeOf(body),
      });
    });
    return found;
  });
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'loc' in value;
}

function childrenOf(node: Node): Node[] {
  return Object.entries(node)
    .filter(([key]) => !/[cC]omments?$/.test(key))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node);
  for (const child of childrenOf(node)) visit(child, see);
}

function shapeOf(body: Node): string {
  const names = new Map<unknown, number>();
  const parts: string[] = [];
  const write = (node: Node): void => {
    if (node.type === 'Identifier') {
      if (!names.has(node.name)) names.set(node.name, names.size);
      parts.push(`n${names.get(node.name)}`);
    } else parts.push(`${node.type}${node.operator ?? ''}`);
    parts.push('(');
    for (const child of childrenOf(node)) write(child);
    parts.push(')');
  };
  write(body);
  return parts.join('');
}

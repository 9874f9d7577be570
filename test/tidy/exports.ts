/** Exports that no other file imports. */
import { dirname, join, normalize } from 'node:path';
import { parse } from '@babel/parser';
import type { SourceFile } from './walls.ts';

interface Statement {
  type: string;
  source?: { value: string } | null;
  specifiers?: {
    type: string;
    imported?: { name?: string; value?: string };
    local: { name: string };
  }[];
  declaration?: {
    id?: { name: string };
    declarations?: { id: { name?: string; properties?: { value: { name: string } }[] } }[];
  } | null;
}

/** `users`: files whose imports count too, such as tests. A file that is imported whole counts as used. */
export function findUnusedExports(
  files: readonly SourceFile[],
  users: readonly SourceFile[],
): string[] {
  const used = new Set<string>();
  for (const { path, text } of [...files, ...users]) {
    const target = (from: string): string =>
      from.startsWith('.') ? normalize(join(dirname(path), from)).replaceAll('\\', '/') : from;
    for (const { source, specifiers = [] } of statementsOf(text)) {
      if (!source) continue;
      for (const { imported, local } of specifiers) {
        used.add(`${target(source.value)} ${imported?.name ?? imported?.value ?? local.name}`);
      }
      if (specifiers.length === 0) used.add(`${target(source.value)} *`);
    }
    for (const [, from = ''] of text.matchAll(/import\(\s*'(\.[^']+)'\s*\)/g)) {
      used.add(`${target(from)} *`);
    }
  }
  return files.flatMap(({ path, text }) => {
    if (used.has(`${path} *`)) return [];
    return statementsOf(text).flatMap(({ type, declaration }) => {
      if (type !== 'ExportNamedDeclaration' || !declaration) return [];
      const names = namesOf(declaration);
      return names.some((name) => used.has(`${path} ${name}`))
        ? []
        : `${path}: ${names.join(', ')}`;
    });
  });
}

function statementsOf(text: string): Statement[] {
  const { program } = parse(text, { sourceType: 'module', plugins: ['typescript'] });
  return program.body as unknown as Statement[];
}

function namesOf({ id, declarations = [] }: NonNullable<Statement['declaration']>): string[] {
  if (id) return [id.name];
  return declarations.flatMap(({ id: { name, properties = [] } }) =>
    name === undefined ? properties.map(({ value }) => value.name) : [name],
  );
}

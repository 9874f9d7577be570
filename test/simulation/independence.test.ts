import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

/** Every file that is run with this one; what is imported as a type alone is not. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file)) return reached;
  reached.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(
    /^import (?!type\b)[^;]*?from '(\.[^']+)'/gms,
  );
  for (const [, target = ''] of imports) reachedFrom(join(dirname(file), target), reached);
  return reached;
}

test('the auditor shares no code with the product', () => {
  const root = join(import.meta.dirname, '..', '..');
  const inProduct = (file: string) =>
    [...reachedFrom(join(import.meta.dirname, file))]
      .map((path) => path.slice(root.length + 1).replaceAll('\\', '/'))
      .filter((path) => /^(src|connectors)\//.test(path));
  expect(inProduct('settled.ts')).toEqual([]);
  expect(inProduct('auditor.ts')).toEqual([]);
  // The machine runs it, of course: the walk does see what is there.
  expect(inProduct('machine.ts')).toContain('src/store/open.ts');
});

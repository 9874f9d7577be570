/**
 * `npm run new-connector NAME ["Display name"]`: copies the template connector, its sandbox and its tests under
 * the new name, and adds it to the registry and to the vendors that the shared tests cover.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const registry = 'connectors/registry.ts';
const copied = ['connectors/_template', 'test/sandbox/_template', 'test/connectors/_template'];

try {
  const [name = '', title = titleOf(name)] = process.argv.slice(2);
  refuseBadName(name, title);
  for (const path of copied) copyAs(path, name, title);
  const identifier = camelOf(name);
  addToRegistry(name, identifier);
  addTo(
    'test/connectors/subjects.ts',
    /(ContractSubject\[\] = \[)([^\]]*)\]/,
    `${identifier}Subject`,
    `./${name}/subject.ts`,
  );
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', 'connectors', 'test');
  run('src/config/docs/write-docs.ts');
  process.stdout.write(
    `Made connectors/${name} with its sandbox and tests, and a line in ${registry}.\n` +
      `Next: connectors/${name}/README.md says what to change, in which order. Its tests:\n` +
      `  npm run jest -- test/connectors/${name}\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function refuseBadName(name: string, title: string): void {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
    throw new Error(
      `"${name}" is not a valid connector name. Use lowercase letters, digits and single hyphens: npm run new-connector acme-desk "Acme Desk"`,
    );
  }
  if (/['\\\n]/.test(title))
    throw new Error(`The title ${title} must not contain quotes or backslashes.`);
  const taken = copied.map((path) => path.replace('_template', name)).find(isThere);
  if (taken !== undefined) throw new Error(`${taken} already exists. Nothing was changed.`);
}

function isThere(path: string): boolean {
  return existsSync(join(root, path));
}

function copyAs(path: string, name: string, title: string): void {
  const target = join(root, path.replace('_template', name));
  cpSync(join(root, path), target, { recursive: true });
  const files = path.includes('.') ? [target] : globSync(`${target}/**/*.*`);
  for (const file of files) {
    writeFileSync(file, renamed(readFileSync(file, 'utf8'), name, title));
  }
}

function renamed(text: string, name: string, title: string): string {
  return text
    .replaceAll('Plain Desk', title)
    .replaceAll('PlainDesk', pascalOf(name))
    .replaceAll('plainDesk', camelOf(name))
    .replaceAll('_template', name);
}

/** Adds a row, sorted by ID. */
function addToRegistry(name: string, identifier: string): void {
  const text = readFileSync(join(root, registry), 'utf8');
  const key = name.includes('-') ? `'${name}'` : name;
  const folder = `./${name}/index.ts`;
  const row = `  ${key}: async () => (await import('${folder}')).${identifier},`;
  const rows = text.split('\n').filter((line) => line.includes('async () =>'));
  const idOf = (line: string): string => /^\s*'?([\w-]+)/.exec(line)?.[1] ?? '';
  const all = [...rows, row].toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  replaceFile(registry, text.replace(rows.join('\n'), all.join('\n')));
}

/** Adds an import, and its name to the file's list, sorted. */
function addTo(path: string, list: RegExp, brought: string, from: string): void {
  const text = readFileSync(join(root, path), 'utf8');
  const entries = (list.exec(text)?.[2] ?? '').split(',').map((entry) => entry.trim());
  const all = [...entries.filter((entry) => entry !== ''), brought].toSorted();
  const line = `import { ${brought} } from '${from}';\n`;
  replaceFile(path, line + text.replace(list, `$1\n  ${all.join(',\n  ')},\n]`));
}

/** Writes atomically: a truncated registry would stop the whole program. */
function replaceFile(path: string, text: string): void {
  writeFileSync(join(root, `${path}.new`), text);
  renameSync(join(root, `${path}.new`), join(root, path));
}

function titleOf(name: string): string {
  return name.split('-').map(capital).join(' ');
}

function pascalOf(name: string): string {
  return name.split('-').map(capital).join('');
}

function camelOf(name: string): string {
  const pascal = pascalOf(name);
  return pascal.slice(0, 1).toLowerCase() + pascal.slice(1);
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

function run(script: string, ...options: string[]): void {
  execFileSync(process.execPath, [join(root, script), ...options], { cwd: root, stdio: 'pipe' });
}

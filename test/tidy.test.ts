import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';
import { registry, withoutConnector } from '../connectors/registry.ts';
import { configTable, vendorPage } from '../src/config/docs/describe.ts';
import { factTable, vendorTable } from '../src/config/docs/vendor-table.ts';
import { environmentNames } from '../src/config/read/environment.ts';
import { loadVendors } from '../src/contract/registry.ts';
import { findUnusedExports } from './tidy/exports.ts';
import { findBrokenWalls, readSources, type SourceFile } from './tidy/walls.ts';

const vendors = await loadVendors(registry);
const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const sources = readSources(root);

test('every import keeps to the walls between the rooms, and every package to its one door', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(findBrokenWalls(sources)).toEqual([]);
});

test.each<[string, SourceFile]>([
  ['the domain reaching for the store', planted('src/domain/x.ts', '../store/port.ts')],
  ['the domain reading a file', planted('src/domain/x.ts', 'node:fs')],
  [
    'terms reaching for what is computed by them',
    planted('src/domain/agreements/x.ts', '../charges/charge.ts'),
  ],
  [
    'the mirror reaching for the ledger',
    planted('src/store/sql/mirror/x.ts', '../ledger/ledger.ts'),
  ],
  ['a check running a step', planted('src/service/check/x.ts', '../run/debit-step.ts')],
  ['a command using another’s parts', planted('src/cli/setup/x.ts', '../runs/run.ts')],
  ['a comparison writing by itself', planted('src/reconcile/x.ts', '../debit/post.ts')],
  ['a step reaching back', planted('src/pull/x.ts', '../push/push.ts')],
  ['undo looking into the database', planted('src/undo/x.ts', '../store/open.ts')],
  ['debit looking into the database', planted('src/debit/x.ts', '../store/open.ts')],
  ['a vendor knowing another', planted('connectors/connectwise/x.ts', '../ninjaone/index.ts')],
  ['a vendor talking HTTP by itself', planted('connectors/ninjaone/x.ts', 'axios')],
  ['a vendor with a socket of its own', planted('connectors/meshcentral/x.ts', 'ws')],
  ['a second door to web sockets', planted('connectors/http/transport.ts', 'ws')],
  ['a second door to the log', planted('src/push/x.ts', 'winston')],
  ['a room importing the command line', planted('src/reports/x.ts', '../cli/table.ts')],
  ['a file outside every room', planted('src/stray.ts', './domain/money.ts')],
])('a planted fault is seen: %s', (_, file) => {
  expect(findBrokenWalls([file])).toHaveLength(1);
});

function planted(path: string, target: string): SourceFile {
  return { path, text: `import { x } from '${target}';\n` };
}

test('the core never names a vendor', () => {
  const names =
    /\batera\b|kaseya|meshcentral|superops|connectwise|ninja|autotask|halo|syncro|stripe|gocardless|request.?tracker|best practical/i;
  const naming = sources.filter(({ path, text }) => path.startsWith('src/') && names.test(text));
  expect(naming.map(({ path }) => path)).toEqual([]);
});

test('no source file is over 300 lines', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 301);
  expect(long.map(({ path }) => path)).toEqual([]);
});

test('no folder of the core, or of what connectors share, holds over 15 source files', () => {
  const folders = Map.groupBy(
    sources.filter(({ path }) => /^(?:src|connectors\/(?:kit|http))\//.test(path)),
    ({ path }) => dirname(path),
  );
  const large = [...folders].filter(([, files]) => files.length > 15);
  expect(large.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
});

test('.env.example lists exactly the names that the example config and the code read', () => {
  const listed = [...read('.env.example').matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map(
    ([, name]) => name,
  );
  const referred = [...read('config/connector.example.yaml').matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)]
    .map(([, name]) => name)
    .filter((name) => name !== 'NAME');
  const own = environmentNames.map(({ name }) => name);
  expect([...new Set(listed)].sort()).toEqual([...new Set([...referred, ...own])].sort());
});

test('the code reads the environment only by the names that it declares', () => {
  const declared = new Set<string>(environmentNames.map(({ name }) => name));
  const reads = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/\benv\.([A-Z][A-Z0-9_]*)/g)]
      .filter(([, name = '']) => !declared.has(name))
      .map(([, name]) => `${path}: ${name}`),
  );
  expect(reads).toEqual([]);
});

test('the service holds its heap as a checkout does', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const unit = /^Environment="NODE_OPTIONS=(.+)"$/m.exec(read('config/prepaid-hours.service'))?.[1];
  expect(unit).toMatch(/^--max-semi-space-size=\d+ --max-old-space-size=\d+$/);
  expect(scripts['prepaid-hours']).toBe(`node ${unit} src/cli/main.ts`);
});

test('the published package holds nobody’s own config or secrets', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const whole = files.filter(
    (name) => ['.', 'config', '*'].includes(name) || /yaml$|env/.test(name),
  );
  expect(whole).toEqual(['config/connector.example.yaml', 'config/compose.yaml']);
});

test.each([
  { file: 'config/guide/configuration.md', name: 'config-table', table: configTable(vendors) },
  { file: 'README.md', name: 'vendor-table', table: vendorTable(vendors, withoutConnector) },
])('$file shows the $name as the code has it', ({ file, name, table }) => {
  const [, shown] = read(file).split(new RegExp(`<!-- /?${name} -->`));
  expect(shown?.trim()).toBe(table.trim());
});

test.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
  'the guide’s page of %s shows its settings as the code has them',
  (id, vendor) => expect(read(`config/guide/vendors/${id}.md`)).toBe(vendorPage(vendor)),
);

test('the README is read in five minutes', () => {
  expect(read('README.md').split(/\s+/).length).toBeLessThanOrEqual(1500);
});

/** Files of the package by its `files`, as far as documents are concerned. */
function packagedDocuments(): string[] {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const whole = files.flatMap((name) =>
    globSync([name, `${name}/**/*.{md,svg,png}`], { cwd: root }),
  );
  return ['README.md', 'LICENSE', ...whole.map((path) => path.replaceAll('\\', '/'))];
}

test('every link of a packaged document leads to a file of the package', () => {
  const packaged = packagedDocuments();
  const documents = packaged.filter((path) => path.endsWith('.md'));
  expect(documents.length).toBeGreaterThan(20);
  const broken = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].flatMap(([, link = '']) => {
      const target = normalize(join(dirname(path), link)).replaceAll('\\', '/');
      return packaged.includes(target) ? [] : `${path}: ${link}`;
    }),
  );
  expect(broken).toEqual([]);
});

const proofEnds = ['.test.ts', '.sampled.test.ts', '.long.test.ts', '.ts'];

test.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
  'the README of %s shows its facts as the code has them',
  (id, vendor) => {
    const [, shown] = read(`connectors/${id}/README.md`).split(/<!-- \/?facts -->/);
    expect(shown?.trim()).toBe(factTable(vendor).trim());
  },
);

test.each(vendors.map(({ id, evidence }) => [id, evidence] as const))(
  'what is said to speak for %s is there',
  (id, evidence) => {
    const proofs = {
      schema: `test/specs/${id}.specs.test.ts`,
      'official client': `test/connectors/${id}/official-client.test.ts`,
      recorded: `test/connectors/${id}/recorded.test.ts`,
      'real server': `test/real/${id}`,
      // Nobody has lent one yet.
      'live tenant': 'test/live',
    };
    for (const [kind, path] of Object.entries(proofs)) {
      expect([kind, existsSync(join(root, path))]).toEqual([
        kind,
        (evidence as readonly string[]).includes(kind),
      ]);
    }
  },
);

test('every test that the guide names as proof is there', () => {
  const rows = read('config/guide/failures.md').match(/^\| .+ \| `test\/.+ \|$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(15);
  const missing = rows.flatMap((row) => {
    let folder = '';
    return [...(row.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)].flatMap(([, name = '']) => {
      const path = name.startsWith('test/') ? name : join(folder, name);
      folder = dirname(path);
      return proofEnds.some((end) => existsSync(join(root, path + end))) ? [] : path;
    });
  });
  expect(missing).toEqual([]);
});

test('every file and folder that the README of the tests names is there', () => {
  const named = [...read('test/README.md').matchAll(/`([\w./-]+(?:\.ts|\/))`/g)];
  expect(named.length).toBeGreaterThan(50);
  const missing = named.flatMap(([, name = '']) =>
    existsSync(join(root, 'test', name)) ? [] : name,
  );
  expect(missing).toEqual([]);
});

test('every file and folder that the README of the core names is there', () => {
  const named = [...read('src/README.md').matchAll(/`([\w./-]+(?:\.ts|\.sql|\/))`/g)];
  expect(named.length).toBeGreaterThan(50);
  const missing = named.flatMap(([, name = '']) =>
    [`src/${name}`, name].some((path) => existsSync(join(root, path))) ? [] : name,
  );
  expect(missing).toEqual([]);
});

test('the README of the core names every room', () => {
  const rooms = new Set(sources.flatMap(({ path }) => /^src\/([^/]+\/)/.exec(path)?.[1] ?? []));
  const table = read('src/README.md');
  expect([...rooms].filter((room) => !table.includes(`| \`${room}\``))).toEqual([]);
});

test('nothing is exported that no other file imports', () => {
  const users = globSync(['test/**/*.ts', 'build.ts'], { cwd: root }).map((path) => {
    return { path: path.replaceAll('\\', '/'), text: read(path) };
  });
  expect(findUnusedExports(sources, users)).toEqual([]);
  const spare = { path: 'src/spare.ts', text: 'export function spare() {}\n' };
  expect(findUnusedExports([spare], [])).toEqual(['src/spare.ts: spare']);
});

// Phrases that read like a translation; test/README.md and .github speak to the same readers.
const proseFolders = ['src', 'config', '.github', 'connectors'];
const proseFiles = ['README.md', 'CHANGELOG.md', 'test/README.md'];
const bannedPhrases = [
  /\bunless told\b/i,
  /\bin one stroke\b/i,
  /\baside for a person\b/i,
  /\bnot yet due\b/i,
  /\bonce (it|that) is mended\b/i,
  /\btold of\b/i,
  /\bhangs? on\b/i,
  /\bis no cron\b/i,
  // French has the word.
  /(?<!au même |depuis un |à tout )\bmoments?\b/i,
  /\bstands? for\b/i,
  /\bis no (leak|balance|rule)\b/i,
  /\banew\b/i,
  /\bblotted\b/i,
  /\bnoughts?\b/i,
];

test('no comment, message or page uses a phrase that reads like a translation', () => {
  const paths = globSync(
    [...proseFolders.map((folder) => `${folder}/**/*.{ts,md,eta,yaml,yml}`), ...proseFiles],
    { cwd: root },
  );
  expect(paths.length).toBeGreaterThan(250);
  // A phrase may be broken over two lines of a comment or page.
  const flat = (path: string) => read(path).replace(/\s+(?:(?:\/\/|\*|#)\s+)?/g, ' ');
  const found = paths.flatMap((path) => {
    const text = flat(path);
    return bannedPhrases.flatMap((phrase) => {
      const [match] = phrase.exec(text) ?? [];
      return match === undefined ? [] : `${path}: ${match}`;
    });
  });
  expect(found).toEqual([]);
});

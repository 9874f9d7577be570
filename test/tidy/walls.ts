import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface SourceFile {
  /** From the project's top, with forward slashes. */
  path: string;
  text: string;
}

/** Every TypeScript file of the product itself. */
export function readSources(root: string): SourceFile[] {
  return globSync(['src/**/*.ts', 'connectors/**/*.ts'], { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/**
 * Who may import whom, besides itself. A room is a prefix of paths; the first row that fits a file
 * is its row. What is listed is a prefix too.
 */
const walls: readonly { room: string; may: readonly string[] }[] = [
  { room: 'src/domain/', may: [] },
  { room: 'src/store/', may: ['src/domain/'] },
  { room: 'src/pull/', may: ['src/domain/', 'src/store/port.ts', 'src/contract/'] },
  { room: 'src/debit/', may: ['src/domain/', 'src/store/port.ts', 'src/config/loaded.ts'] },
  { room: 'src/replenish/', may: ['src/domain/', 'src/store/port.ts', 'src/config/loaded.ts'] },
  { room: 'src/reports/', may: ['src/domain/', 'src/store/port.ts', 'src/config/loaded.ts'] },
  { room: 'src/push/', may: ['src/domain/', 'src/store/port.ts', 'src/contract/'] },
  {
    room: 'src/reconcile/',
    may: ['src/domain/', 'src/store/port.ts', 'src/contract/'],
  },
  { room: 'src/undo/', may: ['src/domain/', 'src/store/port.ts', 'src/contract/'] },
  // The generator of the JSON Schema has to know the vendors; loading a config does not.
  {
    room: 'src/config/write-docs.ts',
    may: ['src/config/', 'connectors/registry.ts', 'src/contract/'],
  },
  { room: 'src/config/', may: ['src/domain/', 'src/contract/'] },
  { room: 'src/service/', may: ['src/'] },
  { room: 'src/cli/main.ts', may: ['src/', 'connectors/registry.ts'] },
  { room: 'src/cli/', may: ['src/'] },
  { room: 'src/contract/', may: ['src/domain/'] },
  {
    room: 'connectors/check/',
    may: ['src/contract/', 'src/domain/errors.ts', 'src/domain/time.ts'],
  },
  { room: 'connectors/text/', may: ['src/contract/', 'src/domain/'] },
  { room: 'connectors/registry.ts', may: ['connectors/', 'src/contract/'] },
  { room: 'connectors/new-connector.ts', may: [] },
  {
    room: 'connectors/http/exact.ts',
    may: ['src/domain/duration.ts', 'src/domain/errors.ts', 'src/domain/money.ts'],
  },
  {
    room: 'connectors/http/',
    may: ['src/contract/', 'src/domain/errors.ts', 'src/domain/time.ts'],
  },
];

const vendorMay = [
  'src/contract/',
  'connectors/http/',
  'connectors/check/',
  'connectors/text/',
  'src/domain/',
];

/** Rooms that nobody else may import. */
const closedRooms = ['src/cli/', 'src/service/'];

/** One door a package: the only file (or folder) that may import it. */
const doors: Readonly<Record<string, string>> = {
  axios: 'connectors/http/transport.ts',
  'p-retry': 'connectors/http/retry.ts',
  'node-cron': 'src/service/',
  dotenv: 'src/config/',
  yaml: 'src/config/',
  'date-holidays': 'src/config/',
  winston: 'src/service/log.ts',
  commander: 'src/cli/',
  eta: 'src/replenish/templates.ts',
  'node:sqlite': 'src/store/',
};

/** What the pure room may use of the outside: dates (a standard, polyfilled) and hashes. */
const pureImports = ['temporal-polyfill', 'node:crypto'];

export function importsOf({ path, text }: SourceFile): string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^'$]+)'/g);
  return [...found].map(([, target = '']) =>
    target.startsWith('.') ? normalize(join(dirname(path), target)).replaceAll('\\', '/') : target,
  );
}

/** Broken walls and doors, one sentence each. */
export function findBrokenWalls(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((target) => {
      const fault = isOurs(target) ? wallFault(file.path, target) : doorFault(file.path, target);
      return fault === null ? [] : [`${file.path} imports ${target}: ${fault}`];
    }),
  );
}

function isOurs(target: string): boolean {
  return target.startsWith('src/') || target.startsWith('connectors/');
}

function wallFault(path: string, target: string): string | null {
  const closed = closedRooms.find((room) => target.startsWith(room) && !path.startsWith(room));
  if (closed !== undefined && !(closed === 'src/service/' && path.startsWith('src/cli/'))) {
    return `nobody imports ${closed}`;
  }
  const vendor = /^connectors\/(?!http\/|check\/|text\/)[^/]+\//.exec(path)?.[0];
  const row =
    vendor === undefined
      ? walls.find(({ room }) => path.startsWith(room))
      : { room: vendor, may: vendorMay };
  if (row === undefined) return 'the file is in no room';
  if (target.startsWith(row.room)) return null;
  return row.may.some((allowed) => target.startsWith(allowed))
    ? null
    : `${row.room} may import only ${row.may.join(', ') || 'itself'}`;
}

function doorFault(path: string, target: string): string | null {
  const door = doors[target];
  if (door !== undefined && !path.startsWith(door)) return `its only door is ${door}`;
  if (path.startsWith('src/domain/') && !pureImports.includes(target)) return 'the domain is pure';
  const isVendor = /^connectors\/(?!http\/)[^/]+\//.test(path);
  if (isVendor && target !== 'zod' && target !== 'node:crypto')
    return 'a vendor folder has no package of its own';
  return null;
}

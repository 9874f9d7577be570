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

interface Wall {
  room: string;
  may: readonly string[];
}

const port = ['src/domain/', 'src/store/port.ts'];
const portAndTerms = [...port, 'src/config/loaded.ts'];
const portAndContract = [...port, 'src/contract/'];

/** What the service puts together: every room of the core but itself and the command line. */
const core = [
  ...['src/domain/', 'src/contract/', 'src/config/', 'src/store/', 'src/reports/', 'src/undo/'],
  ...['src/pull/', 'src/debit/', 'src/replenish/', 'src/push/', 'src/reconcile/'],
];

/**
 * Who may import whom, besides itself. A room is a prefix of paths, or `folder/*` for the files of that
 * folder without its sub-rooms; the first row that fits a file is its row. What is listed is read alike.
 */
const walls: readonly Wall[] = [
  ...inOrder(
    'src/domain/',
    ['src/domain/*'],
    [
      ...['agreements', 'records', 'sessions', 'charges', 'blocks', 'recharge', 'ledger'],
      ...['revenue', 'forecast', 'thresholds'],
    ],
  ),
  { room: 'src/domain/*', may: [] },
  { room: 'src/store/port/', may: ['src/domain/', 'src/store/port.ts'] },
  ...inOrder(
    'src/store/sql/',
    [...port, 'src/store/sql/database.ts', 'src/store/sql/outbox.ts'],
    ['sessions', 'mirror', 'ledger', 'debit', 'replenish', 'reconcile'],
  ),
  { room: 'src/store/sql/*', may: [...port, 'src/store/sql/'] },
  { room: 'src/store/sqlite/', may: ['src/domain/', 'src/store/'] },
  { room: 'src/store/postgres/', may: ['src/domain/', 'src/store/'] },
  {
    room: 'src/store/*',
    may: [
      'src/domain/',
      ...['port', 'sql', 'sqlite', 'postgres'].map((name) => `src/store/${name}/`),
    ],
  },
  { room: 'src/pull/', may: portAndContract },
  { room: 'src/debit/', may: portAndTerms },
  ...inOrder(
    'src/replenish/',
    [...portAndTerms, 'src/replenish/*'],
    ['messages', 'orders', 'recharge'],
  ),
  { room: 'src/replenish/*', may: [...portAndTerms, 'src/replenish/'] },
  { room: 'src/reports/format/', may: [] },
  {
    room: 'src/reports/text/',
    may: [...port, 'src/reports/format/', 'src/reports/statement/', 'src/reports/explain/'],
  },
  ...inOrder(
    'src/reports/',
    [...portAndTerms, 'src/reports/format/', 'src/reports/text/'],
    [
      'page',
      'notices',
      'sessions',
      'balances',
      'statement',
      'published',
      'explain',
      'payments',
      'agreement',
      'revenue',
      'buyer',
      'leaks',
      'bridge',
      'proactive',
    ],
  ),
  { room: 'src/push/', may: portAndContract },
  { room: 'src/reconcile/', may: portAndContract },
  { room: 'src/undo/', may: portAndContract },
  // The generator of the JSON Schema has to know the vendors; loading a config does not.
  {
    room: 'src/config/docs/write-docs.ts',
    may: [
      ...['src/config/docs/', 'src/config/schema/', 'src/config/write/'],
      ...['src/contract/', 'connectors/registry.ts'],
    ],
  },
  ...inOrder(
    'src/config/',
    [
      ...['src/domain/', 'src/contract/'],
      ...['fault', 'loaded', 'nearest'].map((name) => `src/config/${name}.ts`),
    ],
    ['read', 'schema', 'checks', 'write', 'docs'],
  ),
  { room: 'src/config/*', may: ['src/domain/', 'src/contract/', 'src/config/'] },
  { room: 'src/service/app/', may: [...core, 'src/service/corrections/'] },
  { room: 'src/service/corrections/', may: [...core, 'src/service/app/', 'src/service/run/'] },
  {
    room: 'src/service/agreements/',
    may: [...core, 'src/service/app/', 'src/service/corrections/by-hand.ts'],
  },
  ...['run', 'setup', 'backup'].map((name) => ({
    room: `src/service/${name}/`,
    may: [...core, 'src/service/app/'],
  })),
  ...['check', 'plan'].map((name) => ({
    room: `src/service/${name}/`,
    may: [...core, 'src/service/app/', 'src/service/agreements/compare.ts'],
  })),
  {
    room: 'src/service/publish/',
    may: [...core, 'src/service/app/', 'src/service/corrections/'],
  },
  {
    room: 'src/service/go-live/',
    may: [...core, 'src/service/app/', 'src/service/run/', 'src/service/corrections/'],
  },
  {
    room: 'src/service/schedule/',
    may: [...core, ...['app', 'run', 'backup', 'publish'].map((name) => `src/service/${name}/`)],
  },
  {
    room: 'src/service/status/',
    may: [...core, 'src/service/app/', 'src/service/run/', 'src/service/schedule/slots.ts'],
  },
  {
    room: 'src/cli/main.ts',
    may: ['src/cli/*', 'connectors/registry.ts', 'connectors/http/send-notice.ts'],
  },
  {
    room: 'src/service/notify/',
    may: [...core, 'src/service/app/', 'src/service/run/', 'src/service/status/'],
  },
  ...['input', 'output'].map((name) => ({
    room: `src/cli/${name}/`,
    may: ['src/cli/deps.ts', 'src/domain/', 'src/reports/format/', 'src/config/nearest.ts'],
  })),
  ...['corrections', 'maintenance', 'owner', 'reports', 'runs', 'setup'].map((topic) => ({
    room: `src/cli/${topic}/`,
    may: [
      ...port,
      'src/reports/',
      'src/service/',
      'src/cli/*',
      'src/cli/input/',
      'src/cli/output/',
    ],
  })),
  {
    room: 'src/cli/*',
    may: [
      'src/domain/format.ts',
      'src/contract/',
      'src/reports/',
      'src/service/',
      'src/web/server.ts',
      'src/cli/',
    ],
  },
  { room: 'src/web/', may: [...port, 'src/config/loaded.ts', 'src/reports/', 'src/service/'] },
  { room: 'src/contract/', may: ['src/domain/'] },
  { room: 'connectors/kit/', may: ['src/contract/', 'src/domain/', 'connectors/http/'] },
  { room: 'connectors/registry.ts', may: ['connectors/', 'src/contract/'] },
  { room: 'connectors/new-connector.ts', may: [] },
  {
    room: 'connectors/http/answers/exact.ts',
    may: ['src/domain/duration.ts', 'src/domain/errors.ts', 'src/domain/money.ts'],
  },
  {
    room: 'connectors/http/',
    may: ['src/contract/', 'src/domain/errors.ts', 'src/domain/time.ts'],
  },
];

const vendorMay = ['src/contract/', 'connectors/http/', 'connectors/kit/', 'src/domain/'];

/** Rooms that nobody else may import. */
const closedRooms = ['src/cli/', 'src/service/'];

/** One door a package, or one for each purpose: the only files (or folders) that may import it. */
const doors: Readonly<Record<string, string | readonly string[]>> = {
  '@clack/prompts': 'src/cli/setup/init/terminal-asker.ts',
  axios: 'connectors/http/transport.ts',
  ws: 'connectors/http/web-socket.ts',
  'p-retry': 'connectors/http/requests/retry.ts',
  'node-cron': 'src/service/',
  dotenv: 'src/config/read/environment.ts',
  yaml: 'src/config/',
  'date-holidays': 'src/config/schema/business-hours.ts',
  winston: 'src/service/app/log.ts',
  commander: 'src/cli/',
  // Messages, whose templates an admin may edit, and pages, in which everything is escaped.
  eta: ['src/replenish/messages/templates.ts', 'src/reports/format/template.ts'],
  'node:sqlite': 'src/store/',
  pg: 'src/store/postgres/connection-worker.ts',
  hono: 'src/web/',
  'hono/body-limit': 'src/web/',
  'hono/cookie': 'src/web/',
  'hono/html': 'src/web/',
  '@hono/node-server': 'src/web/server.ts',
  'playwright-core': 'src/service/publish/print-pdf.ts',
  'prom-client': 'src/web/metrics.ts',
};

/** Sub-rooms of which each may import what is listed, and those before it. */
function inOrder(parent: string, may: readonly string[], rooms: readonly string[]): Wall[] {
  const paths = rooms.map((name) => `${parent}${name}/`);
  return paths.map((room, index) => ({ room, may: [...may, ...paths.slice(0, index)] }));
}

function isWithin(path: string, place: string): boolean {
  if (!place.endsWith('/*')) return path.startsWith(place);
  return dirname(path) === place.slice(0, -2);
}

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
  const isFront = closed === 'src/service/' && /^src\/(?:cli|web)\//.test(path);
  if (closed !== undefined && !isFront) {
    return `nobody imports ${closed}`;
  }
  const vendor = /^connectors\/(?!http\/|kit\/)[^/]+\//.exec(path)?.[0];
  const row =
    vendor === undefined
      ? walls.find(({ room }) => isWithin(path, room))
      : { room: vendor, may: vendorMay };
  if (row === undefined) return 'the file is in no room';
  if (isWithin(target, row.room)) return null;
  return row.may.some((allowed) => isWithin(target, allowed))
    ? null
    : `${row.room} may import only ${row.may.join(', ') || 'itself'}`;
}

function doorFault(path: string, target: string): string | null {
  const places = [doors[target] ?? []].flat();
  if (places.length > 0 && !places.some((door) => path.startsWith(door))) {
    return `its only door is ${places.join(' or ')}`;
  }
  if (path.startsWith('src/domain/') && !pureImports.includes(target)) return 'the domain is pure';
  const isVendor = /^connectors\/(?!http\/)[^/]+\//.test(path);
  if (isVendor && target !== 'zod' && target !== 'node:crypto')
    return 'a vendor folder has no package of its own';
  return null;
}

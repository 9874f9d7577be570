import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { KindError } from '../../domain/errors.ts';
import { withFileErrors } from '../../store/private-file.ts';
import { createFolder } from '../app/new-folder.ts';

/** Every user may read what a web server shows, whatever the umask of this process. */
export const publicMode = 0o644;
/** The list of all addresses is for the MSP only. */
export const privateMode = 0o600;

const ourPage = /^(?:[0-9a-f]{32}\.html(?:\.part)?|logo-[0-9a-f]{16}\.[a-z]{3,4})$/;
const ourMark = '<meta name="generator" content="prepaid-hours">';

/** Creates the folder, and the one in it that a web server shows. */
export function preparePagesFolder(folder: string): string {
  const pages = join(folder, 'pages');
  refuseForeign(join(folder, 'index.html'));
  const isNew = !existsSync(folder);
  withFileErrors(pages, () => {
    createFolder(pages);
    for (const path of isNew ? [folder, pages] : [pages]) chmodSync(path, 0o755);
  });
  return pages;
}

/** A web site of somebody else must not be replaced by a list of clients. */
function refuseForeign(file: string): void {
  if (!existsSync(file)) return;
  if (withFileErrors(file, () => readFileSync(file, 'utf8')).includes(ourMark)) return;
  throw new KindError('config', `${file} belongs to something else.`, {
    fix: 'Publish into a folder of its own.',
  });
}

/** Whoever reads the file meanwhile gets the old content or the new one. */
export function replaceFile(file: string, content: string | Buffer, mode: number): void {
  const part = `${file}.part`;
  withFileErrors(file, () => {
    writeFileSync(part, content, { mode });
    chmodSync(part, mode);
    renameSync(part, file);
  });
}

/** Deletes our pages and logos that are no longer used, and nothing else; returns their names. */
export function removeUnused(pages: string, used: ReadonlySet<string>): string[] {
  const unused = readdirSync(pages).filter((name) => ourPage.test(name) && !used.has(name));
  for (const name of unused) withFileErrors(join(pages, name), () => rmSync(join(pages, name)));
  return unused.filter((name) => name.endsWith('.html'));
}

const endings: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
};

/** The logo as a file beside the pages, which would be too large with it. */
export function toLogoFile(dataUri: string): { name: string; content: Buffer } {
  const [head = '', base64 = ''] = dataUri.split(';base64,');
  const ending = endings[head.replace('data:', '')] ?? 'png';
  const content = Buffer.from(base64, 'base64');
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return { name: `logo-${hash}.${ending}`, content };
}

/** Linux's mount table: finds the file system of a file without accessing it. */
import { existsSync, readFileSync } from 'node:fs';

interface Mount {
  point: string;
  /** `ext4`, `nfs4`, `fuse.sshfs` … */
  type: string;
}

/** Empty if the system has no such table. */
export function readMountTable(): string {
  const table = '/proc/self/mountinfo';
  return existsSync(table) ? readFileSync(table, 'utf8') : '';
}

/** The innermost mount of the path; of several at one point, the last. */
export function findMount(table: string, path: string): Mount | null {
  let found: Mount | null = null;
  for (const line of table.split('\n')) {
    const [place = '', kind = ''] = line.split(' - ');
    const escaped = place.split(' ')[4];
    const [type = ''] = kind.split(' ');
    if (escaped === undefined) continue;
    const point = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const isInside = path === point || path.startsWith(point === '/' ? '/' : `${point}/`);
    if (isInside && point.length >= (found?.point.length ?? 0)) found = { point, type };
  }
  return found;
}

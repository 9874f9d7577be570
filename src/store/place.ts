/**
 * The canonical path of the store's file. Locks and SQLite's side files are by name: a file with
 * two names, or on a file system without reliable locks, would let two processes use it at once.
 */
import { existsSync, lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { KindError } from '../domain/errors.ts';
import { findMount, readMountTable } from './mounts.ts';

const sideFiles = ['-wal', '-shm', '-journal', '.lock', '.owner'] as const;

/** By the names in Linux's mount table. */
const networkTypes =
  /^(?:nfs4?|cifs|smb3|smbfs|9p|afs|ceph|coda|davfs|glusterfs|lustre|beegfs|ncpfs|ocfs2|gfs2?|orangefs|vboxsf|prl_fs|vmhgfs|fuse\.(?:sshfs|s3fs|rclone|gcsfuse|goofys|glusterfs\S*|ceph\S*|davfs\S*|curlftpfs|gvfsd-fuse|juicefs\S*|smbnetfs|vmhgfs-fuse))$/;
const specialTypes =
  /^(?:proc|sysfs|devtmpfs|devpts|cgroup2?|debugfs|tracefs|securityfs|configfs|pstore|bpf|mqueue|hugetlbfs|efivarfs|fusectl|binfmt_misc|selinuxfs|nsfs|autofs)$/;
const specialFolders = /^\/(?:proc|sys|dev)(?:\/|$)/;

/**
 * Resolves links. Throws `config` if a lock would be unreliable there, or no database can be
 * stored.
 */
export function placeOf(file: string): string {
  const named = resolve(file);
  refuseFileSystem(named);
  const place = withFaults(named, () => followLinks(named));
  if (place !== named) refuseFileSystem(place);
  const stat = statOf(place);
  if (stat?.isDirectory()) {
    throw refusal(
      `${place} is a folder.`,
      `Use a file in it, such as ${join(place, 'prepaid-hours.db')}.`,
    );
  }
  if (stat !== null && !stat.isFile())
    throw refusal(`${place} is not a regular file.`, nameAnother);
  if (stat !== null && stat.nlink > 1) {
    const fix =
      'Find the other name with `find DIR -samefile FILE` and remove it; a copy is made with `prepaid-hours backup`.';
    throw refusal(
      `${place} has ${stat.nlink} names (hard links): two processes could use it at once.`,
      fix,
    );
  }
  for (const suffix of sideFiles) refuseSideFile(place + suffix);
  return place;
}

const nameAnother = 'Correct `store:` in the config file: a file on a local disk.';

/** The missing end of a path is kept as it is; a dangling link resolves to its target. */
export function followLinks(file: string, linksLeft = 40): string {
  if (existsSync(file)) return realpathSync(file);
  if (statOf(file)?.isSymbolicLink() && linksLeft > 0) {
    return followLinks(resolve(dirname(file), readlinkSync(file)), linksLeft - 1);
  }
  const parent = dirname(file);
  return parent === file ? file : join(followLinks(parent, linksLeft), basename(file));
}

/** Null: the file does not exist. */
function statOf(file: string): Stats | null {
  return lstatSync(file, { throwIfNoEntry: false }) ?? null;
}

function withFaults<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isForbidden = /^(?:EACCES|EPERM)/.test(reason);
    const fix = isForbidden ? 'Run the command as the user that the service runs as.' : nameAnother;
    throw refusal(`The path ${file} cannot be followed: ${reason}.`, fix);
  }
}

function refuseSideFile(file: string): void {
  const stat = statOf(file);
  if (stat === null || (stat.isFile() && stat.nlink === 1)) return;
  throw refusal(
    `${file} belongs to the database and is a link or not a regular file.`,
    'Keep the database and its side files together in one folder, without links.',
  );
}

/** Checks the path first: a network share that does not respond is not accessed. */
export function refuseFileSystem(path: string, table = readMountTable()): void {
  const { point, type } = findMount(table, path) ?? { point: '', type: '' };
  if (isOnKernel(path, table)) {
    throw refusal(`${path} is on a kernel file system, not on a disk.`, nameAnother);
  }
  if (networkTypes.test(type) || path.startsWith('\\\\')) {
    const name = type === '' ? '' : ` (${type})`;
    throw refusal(
      `${path} is on a network share${name}, where locks are not reliable.`,
      nameAnother,
    );
  }
  if (point === path) {
    throw refusal(
      `${path} is itself a mount point, without its side files.`,
      'Mount its folder instead of the file.',
    );
  }
}

/** Whether the kernel shows itself there, as in `/proc`: nothing can be kept. */
export function isOnKernel(path: string, table = readMountTable()): boolean {
  return specialFolders.test(path) || specialTypes.test(findMount(table, path)?.type ?? '');
}

function refusal(message: string, fix: string): KindError {
  return new KindError('config', `store: ${message}`, { fix });
}

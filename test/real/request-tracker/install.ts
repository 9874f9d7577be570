/** Request Tracker 5 from Debian's packages, where this machine lets us: https://packages.debian.org/request-tracker5 */
import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import { run } from '../run.ts';

export const serverProgram = '/usr/share/request-tracker5/libexec/rt-server';

const packages = ['request-tracker5', 'rt5-db-sqlite', 'rt5-standalone', 'dbconfig-sqlite3'];

/** No database of the package's own: each instance has one in its own folder. */
const answers = [
  'request-tracker5 request-tracker5/rtname string rt.test',
  'request-tracker5 request-tracker5/organization string rt.test',
  'request-tracker5 request-tracker5/webbaseurl string http://127.0.0.1:18080',
  'request-tracker5 request-tracker5/webpath string',
  'request-tracker5 request-tracker5/database-type select sqlite3',
  'request-tracker5 request-tracker5/dbconfig-install boolean false',
  'request-tracker5 request-tracker5/install-cronjobs boolean false',
];

const minuteMs = 60_000;

/** Installs it unless it is there. `skipped` says why it cannot be had here; a failed installation throws. */
export async function installRequestTracker(): Promise<{ skipped: string } | { version: string }> {
  if (platform() !== 'linux')
    return { skipped: `Request Tracker needs Debian, not ${platform()}.` };
  if (process.getuid?.() !== 0)
    return { skipped: 'Request Tracker runs as www-data, which only root may start.' };
  if (!existsSync('/usr/bin/apt-get')) {
    return { skipped: 'There is no apt-get to install Request Tracker with.' };
  }
  const present = await installedVersion();
  if (present !== null) return { version: present };
  const update = await run('apt-get', ['update'], { timeoutMs: 5 * minuteMs, isFailureFine: true });
  if (!(await isOffered())) {
    const why = update.code === 0 ? '' : ` (apt-get update failed: ${update.lastLine})`;
    return { skipped: `apt offers no package request-tracker5${why}.` };
  }
  await run('debconf-set-selections', [], {
    timeoutMs: minuteMs,
    input: `${answers.join('\n')}\n`,
  });
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
  await run('apt-get', ['install', ...options, ...packages], {
    timeoutMs: 15 * minuteMs,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  const version = await installedVersion();
  if (version === null) throw new Error('apt-get installed Request Tracker, and it is not there.');
  return { version };
}

async function isOffered(): Promise<boolean> {
  const { output } = await run('apt-cache', ['policy', 'request-tracker5'], {
    timeoutMs: minuteMs,
  });
  return /Candidate: \d/.test(output);
}

/** Null unless all packages are installed. */
async function installedVersion(): Promise<string | null> {
  const options = { timeoutMs: minuteMs, isFailureFine: true };
  const { code, output } = await run('dpkg-query', ['-W', ...packages], options);
  const versions = new Map(output.split('\n').map((line) => line.split('\t') as [string, string]));
  const isComplete = code === 0 && packages.every((name) => versions.get(name));
  return isComplete ? (versions.get('request-tracker5') ?? null) : null;
}

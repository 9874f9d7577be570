/** MeshCentral from its npm package, beside the project and not in it: https://www.npmjs.com/package/meshcentral */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../run.ts';

const version = '1.1.55';

/** Kept for the next time: it is half a gigabyte. */
const folder = join(tmpdir(), `prepaid-hours-meshcentral-${version}`);
const packageFolder = join(folder, 'node_modules/meshcentral');

const installMsMax = 5 * 60_000;

export interface Installed {
  version: string;
  /** Of the package. */
  folder: string;
}

/** Installs it unless it is there; `skipped` says why it cannot be had here. */
export async function installMeshcentral(): Promise<{ skipped: string } | Installed> {
  if (platform() !== 'linux' || arch() !== 'x64') {
    return { skipped: `MeshCentral's agent is run on Linux on x64, not ${platform()} ${arch()}.` };
  }
  if (!existsSync(join(folder, 'complete'))) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { code, lastLine } = await run('npm', ['install', `meshcentral@${version}`, ...quiet], {
      timeoutMs: installMsMax,
      cwd: folder,
      isFailureFine: true,
    });
    if (code !== 0) return { skipped: `npm cannot install meshcentral@${version}: ${lastLine}` };
    await writeFile(join(folder, 'complete'), '');
  }
  const found = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { version: found.version, folder: packageFolder };
}

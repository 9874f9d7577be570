/** `npm run fixture`: writes the fixture of this version, at its release. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../support/run-command.ts';
import { setClock } from './clock.ts';
import { openDesks } from './desks.ts';
import { readFigures } from './figures.ts';
import { writeFixture } from './fixture.ts';
import { storyEnd, tellStory } from './story.ts';
import { readState, startSystems, writeEnvironment } from './systems.ts';

const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
  version: string;
};
const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-fixture-'));
setClock('2026-08-31T08:00:00Z');
const systems = await startSystems();
try {
  writeEnvironment(folder, systems);
  await tellStory({ systems, clients: openDesks(systems), folder });
  setClock(storyEnd);
  const figures = await readFigures(folder, storyEnd);
  writeFixture(version, folder, { state: readState(systems), figures });
  process.stdout.write(`test/upgrade/fixtures/${version} is written.\n`);
} finally {
  await systems.close();
  rmSync(folder, { recursive: true, force: true });
}

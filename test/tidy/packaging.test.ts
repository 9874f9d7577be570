/** What runs the program as a service names commands, files and settings that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { CliDeps } from '../../src/cli/deps.ts';
import { createProgram } from '../../src/cli/program.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  files: string[];
  bin: Record<string, string>;
  engines: { node: string };
  scripts: Record<string, string>;
};
const commands = createProgram({ version: '', columns: 80 } as CliDeps).commands.map((command) =>
  command.name(),
);
const heap = /--max-semi-space-size=\d+ --max-old-space-size=\d+/.exec(
  manifest.scripts['prepaid-hours'] ?? '',
)?.[0];
const dockerfile = read('config/Dockerfile');
const unit = read('config/prepaid-hours.service');
const wrapper = read('config/prepaid-hours-winsw.xml');

function instructions(name: string): string[] {
  return [...dockerfile.matchAll(new RegExp(`^${name} (.+)$`, 'gm'))].map(([, text = '']) => text);
}

test.each([
  'Dockerfile',
  'Dockerfile.dockerignore',
  'compose.yaml',
  'prepaid-hours.service',
  'prepaid-hours-winsw.xml',
  'guide',
])('config/%s is in the package', (name) => {
  expect(manifest.files).toContain(`config/${name}`);
  expect(existsSync(join(root, 'config', name))).toBe(true);
});

test('each of them starts the service and holds its heap as a checkout does', () => {
  const [program = ''] = Object.keys(manifest.bin);
  expect(unit).toMatch(new RegExp(`^ExecStart=/usr/bin/env ${program} start --config `, 'm'));
  expect(instructions('ENTRYPOINT')).toEqual([`["${program}"]`]);
  expect(instructions('CMD')).toEqual(['["start"]']);
  const main = `node_modules/${program}/${manifest.bin[program]}`.replaceAll('/', '\\');
  expect(wrapper).toContain(`${main}" start</arguments>`);
  expect(commands).toContain('start');
  expect(heap).toBeDefined();
  for (const text of [unit, dockerfile, wrapper]) expect(text).toContain(heap);
});

test('the Dockerfile copies what there is, runs scripts that there are, and is not root', () => {
  const bases = instructions('FROM').map((text) => text.split(' ')[0]);
  expect(new Set(bases)).toEqual(new Set(['node:24-slim']));
  expect(manifest.engines.node).toBe('>=24');
  const copied = instructions('COPY')
    .filter((text) => !text.startsWith('--from='))
    .flatMap((text) => text.split(' ').slice(0, -1));
  const sent = read('config/Dockerfile.dockerignore').match(/(?<=^!).+$/gm);
  expect(sent?.sort()).toEqual(copied.sort());
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  // Nothing of an admin's own: `config` as a whole would take the config along.
  expect(copied).not.toContain('config');
  const scripts = [...dockerfile.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name);
  expect(scripts).toEqual(['build']);
  expect(manifest.scripts).toHaveProperty('build');
  expect(dockerfile).toContain(`/app/${Object.values(manifest.bin)[0]} `);
  expect(instructions('USER')).toEqual(['node']);
  // Statements are printed by it.
  expect(instructions('RUN').join('\n')).toMatch(/apt-get install .*\bchromium\b/);
  expect(commands).toContain(/HEALTHCHECK .*"prepaid-hours", "(.+)"\]/.exec(dockerfile)?.[1]);
});

test('compose.yaml builds that Dockerfile and keeps its data', () => {
  const file = parse(read('config/compose.yaml'));
  const service = file.services['prepaid-hours'];
  expect(existsSync(join(root, 'config', service.build.context, service.build.dockerfile))).toBe(
    true,
  );
  expect(service.volumes).toEqual([`data:${instructions('VOLUME')[0]}`]);
  expect(Object.keys(file.volumes)).toEqual(['data']);
  expect(instructions('WORKDIR').at(-1)).toBe(instructions('VOLUME')[0]);
});

test('the page about it names commands that there are', () => {
  const page = read('config/guide/service.md');
  const named = [...page.matchAll(/prepaid-hours"?(?= ([a-z]+)\b)/g)].map(([, name = '']) => name);
  const prose = ['as', 'prepaid'];
  const meant = named.filter((name) => !prose.includes(name));
  expect(meant.length).toBeGreaterThan(5);
  expect(meant.filter((name) => !commands.includes(name))).toEqual([]);
});

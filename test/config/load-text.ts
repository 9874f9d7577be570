import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { ConfigError } from '../../src/config/fault.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { LoadedConfig } from '../../src/config/loaded.ts';
import type { VendorModule } from '../../src/contract/connector.ts';
import { fakeVendors } from './fake-vendors.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A new folder with these files in it; removed when the test file is done. */
export function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-config-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

interface Surroundings {
  env?: Record<string, string>;
  files?: Record<string, string>;
  vendors?: readonly VendorModule[];
}

export const key = 's3cr3t-value';

/** Loads a text as `config/connector.yaml`, in a folder of its own. */
export function loadText(text: string, surroundings: Surroundings = {}): LoadedConfig {
  const folder = folderWith({ ...surroundings.files, 'config/connector.yaml': text });
  return loadConfig({
    file: join(folder, 'config/connector.yaml'),
    env: surroundings.env ?? { PSA_KEY: key },
    vendors: surroundings.vendors ?? fakeVendors,
    isCron: (expression) => expression.split(' ').length === 5,
    workingFolder: folder,
  });
}

/** The faults of a text, each as `line:column: message`. */
export function faultsOf(text: string, surroundings: Surroundings = {}): string[] {
  try {
    loadText(text, surroundings);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
  return [];
}

/** The least that works. Sections are replaced or added by their first line's key. */
export function configText(sections: Record<string, string> = {}): string {
  const base = {
    timezone: 'Europe/Paris',
    currency: 'EUR',
    connections: `\n  psa: { vendor: fake-psa, baseUrl: "https://psa.example", clientKey: "\${PSA_KEY}" }`,
    agreements: '\n  standard: {}',
    clients: '\n  - { name: Dupont, ids: { psa: 1 }, agreement: standard }',
    ...sections,
  };
  return `${Object.entries(base)
    .map(([name, text]) => `${name}: ${text}`)
    .join('\n')}\n`;
}

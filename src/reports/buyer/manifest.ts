import { hash } from 'node:crypto';
import { plainJson } from '../format/plain-text.ts';

export interface Manifest {
  format: 1;
  files: { name: string; bytes: number; sha256: string }[];
  /** Over the lines of all files: `<sha256>  <name>`, sorted by name. */
  sha256: string;
}

export const manifestName = 'manifest.json';

/** As `sha256sum` prints it, so that a buyer needs no program of ours. */
export function toManifest(files: ReadonlyMap<string, string>): Manifest {
  const names = [...files.keys()].sort();
  const rows = names.map((name) => {
    const text = files.get(name) ?? '';
    return { name, bytes: Buffer.byteLength(text), sha256: hash('sha256', text, 'hex') };
  });
  const lines = rows.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
  return { format: 1, files: rows, sha256: hash('sha256', lines, 'hex') };
}

export function spellManifest(manifest: Manifest): string {
  return `${plainJson(manifest)}\n`;
}

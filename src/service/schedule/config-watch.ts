import { statSync } from 'node:fs';
import { join } from 'node:path';
import { baseFolder } from '../../config/read/environment.ts';

/** Detects edits of the config file, or of the `.env` next to it. */
export class ConfigWatch {
  readonly #files: readonly string[];
  #used: string;
  #seen: string;

  constructor(file: string) {
    this.#files = [file, join(baseFolder(file), '.env')];
    this.#used = this.#look();
    this.#seen = this.#used;
  }

  /**
   * True once per edit, after two identical looks in a row, so that a half-written file is never
   * read.
   */
  hasSettled(): boolean {
    const before = this.#seen;
    this.#seen = this.#look();
    if (this.#seen !== before || this.#seen === this.#used) return false;
    this.#used = this.#seen;
    return true;
  }

  #look(): string {
    const stats = this.#files.map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? '' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
    });
    return stats.join('\n');
  }
}

import { KindError } from '../domain/errors.ts';

/** One error in the config file, with its position. Line and column count from 1. */
export interface Fault {
  file: string;
  line: number;
  column: number;
  /** What is wrong; how to fix it. Never contains a secret's value. */
  message: string;
}

/** Keys and list positions from the top of the file. */
export type Path = readonly (string | number)[];

/** A fault before its place in the file is looked up. */
export interface Problem {
  path: Path;
  /** Whether the key or the value is wrong. */
  at: 'key' | 'value';
  message: string;
}

/** All faults of a config file at once, in the order of the file. */
export class ConfigError extends KindError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const sorted = faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super('config', sorted.map(faultText).join('\n'));
    this.name = 'ConfigError';
    this.faults = sorted;
  }
}

function faultText(fault: Fault): string {
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`;
}

export function atValue(path: Path, message: string): Problem {
  return { path, at: 'value', message };
}

export function atKey(path: Path, message: string): Problem {
  return { path, at: 'key', message };
}

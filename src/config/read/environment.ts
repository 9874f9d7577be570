import { basename, dirname, join, resolve } from 'node:path';
import dotenv from 'dotenv';
import { KindError } from '../../domain/errors.ts';
import { asServiceUser, readText } from './read-text.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that the program reads itself. All others are chosen in the config file. */
export const environmentNames = [
  {
    name: 'LOG_LEVEL',
    meaning: 'Log level: error, warn, info or debug. Default: info.',
  },
  {
    name: 'LOG_FORMAT',
    meaning: 'json or pretty. Default: pretty on a terminal, json elsewhere.',
  },
  { name: 'NO_COLOR', meaning: 'Any value disables colours on a terminal.' },
  {
    name: 'CHROME_PATH',
    meaning:
      'Program of the browser that prints PDFs. Default: Chromium, Chrome or Edge where it is usually installed.',
  },
] as const;

/**
 * The base of relative paths: the config file's folder, or its parent if that folder is named
 * `config`. It does not depend on the working folder: a second database would mean a second debit.
 */
export function baseFolder(file: string): string {
  const folder = dirname(resolve(file));
  return basename(folder) === 'config' ? dirname(folder) : folder;
}

/**
 * The environment in layers, highest precedence first: the process's own, the `.env` of the base
 * folder, the `.env` of the working folder. A `.env` only adds variables; nothing is written to
 * `process.env`.
 */
export function environmentLayers(
  file: string,
  env: Environment,
  workingFolder: string = process.cwd(),
): Environment[] {
  const folders = new Set([baseFolder(file), resolve(workingFolder)]);
  return [env, ...[...folders].map((folder) => parseDotenv(join(folder, '.env')))];
}

/** Merges the layers, for the variables that the program reads itself. */
export function effectiveEnvironment(file: string, env: Environment): Environment {
  const layers = environmentLayers(file, env).toReversed();
  return Object.assign({}, ...layers);
}

function parseDotenv(file: string): Environment {
  const read = readText(file);
  if ('text' in read) return dotenvValues(read.text);
  if (read.isMissing) return {};
  throw new KindError('config', `${file} ${read.problem}.`, {
    fix: read.isForbidden
      ? `The file is not yours: ${asServiceUser}.`
      : 'Correct that, or remove the file.',
  });
}

/** The variables in the text of a `.env`. */
export function dotenvValues(text: string): Environment {
  return dotenv.parse(text);
}

type Lookup = { value: string } | { problem: string };

/** The value of `NAME`, from the first layer that has `NAME` or `NAME_FILE`. */
export function lookUp(name: string, layers: readonly Environment[]): Lookup {
  let isEmpty = false;
  for (const layer of layers) {
    const value = layer[name];
    if (value !== undefined && value !== '') return { value };
    isEmpty ||= value === '';
    const file = layer[`${name}_FILE`];
    if (file !== undefined && file !== '') return readValue(name, file);
  }
  return {
    problem:
      `${name} is ${isEmpty ? 'empty' : 'not set'}; set ${name} in the environment or in .env, ` +
      `or set ${name}_FILE to the path of a file that holds the value`,
  };
}

function readValue(name: string, file: string): Lookup {
  const read = readText(file);
  const named = `${name}_FILE names ${file}, which`;
  if ('problem' in read)
    return {
      problem: `${named} ${read.problem}; ${read.isForbidden ? asServiceUser : 'correct the path or the file'}`,
    };
  const value = read.text.replace(/(\r?\n)+$/, '');
  return value === '' ? { problem: `${named} is empty; write the value into it` } : { value };
}

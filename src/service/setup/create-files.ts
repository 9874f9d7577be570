import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { validate } from 'node-cron';
import { Temporal } from 'temporal-polyfill';
import { ConfigError } from '../../config/fault.ts';
import { loadConfig } from '../../config/load.ts';
import { baseFolder, type Environment } from '../../config/read/environment.ts';
import { composeConfig, type NewClient, type NewConfig } from '../../config/write/compose.ts';
import { setVariables } from '../../config/write/dotenv-text.ts';
import type { VendorModule } from '../../contract/connector.ts';
import { KindError } from '../../domain/errors.ts';
import { type ConnectionDraft, settingsOf } from './draft.ts';
import type { Place } from './guess-place.ts';
import { hoursText, type OfferedClient } from './offered.ts';
import { type NewFile, replaceFiles } from './write-files.ts';

export interface SetupAnswers {
  /** The config file. */
  file: string;
  draft: ConnectionDraft;
  place: Place;
  offer: NewConfig['offer'];
  workTypes: NewConfig['workTypes'];
  clients: readonly OfferedClient[];
  /** Whether what is left of the PSA’s own blocks is taken over. */
  takesBlocks: boolean;
}

export interface WrittenFiles {
  file: string;
  /** Null: nothing was written into it. */
  secretsFile: string | null;
  /** Names of the variables in it. */
  secretNames: string[];
}

/** Writes the first config file and its secrets; both or neither. Throws `config` where a setting does not fit. */
export function createFiles(answers: SetupAnswers, env: Environment): WrittenFiles {
  const { draft, place, offer, workTypes, clients } = answers;
  const { vendor } = draft;
  const today = Temporal.Now.plainDateISO(place.timezone).toString();
  const text = composeConfig({
    ...place,
    connection: {
      name: draft.name,
      vendorId: vendor.id,
      title: vendor.title,
      settings: settingsOf(draft),
      pushes: vendor.pushes,
    },
    offer,
    workTypes,
    clients: clients.map((client) => toNewClient(client, { ...answers, today })),
  });
  return writeConfig({ file: answers.file, text, secrets: draft.secrets, vendors: [vendor], env });
}

export function toNewClient(
  { id, name, native }: OfferedClient,
  {
    draft,
    offer,
    takesBlocks,
    today,
  }: Pick<SetupAnswers, 'takesBlocks'> & {
    draft: Pick<ConnectionDraft, 'name'>;
    offer: { rate: string };
    today: string;
  },
): NewClient {
  const blocks = native.flatMap(({ seconds }) => {
    const hours = hoursText(seconds);
    return hours === null ? [] : [{ hours, rate: offer.rate, purchasedOn: today }];
  });
  return { name, ids: { [draft.name]: id }, openingBlocks: takesBlocks ? blocks : [] };
}

interface ConfigToWrite {
  file: string;
  text: string;
  secrets: ReadonlyMap<string, string>;
  vendors: readonly VendorModule[];
  env: Environment;
}

/** Replaces the config file, and adds the secrets to `.env`, once the whole was found to be without fault. */
export function writeConfig(config: ConfigToWrite): WrittenFiles {
  const { text, secrets, vendors, env } = config;
  const file = resolve(config.file);
  const secretsFile = join(baseFolder(file), '.env');
  const secretNames = [...secrets.keys()];
  const before = existsSync(secretsFile) ? readFileSync(secretsFile, 'utf8') : '';
  const files: NewFile[] = [
    ...(secrets.size === 0
      ? []
      : [{ path: secretsFile, text: setVariables(before, secrets), isPrivate: true }]),
    { path: file, text, isPrivate: false },
  ];
  replaceFiles(files, (written) => {
    const place = written.get(file) ?? file;
    const layered = { ...env, ...Object.fromEntries(secrets) };
    verifyConfig({ file: place, env: layered, vendors, shownAs: config.file });
  });
  return { file, secretsFile: secrets.size === 0 ? null : secretsFile, secretNames };
}

function verifyConfig(options: {
  file: string;
  env: Environment;
  vendors: readonly VendorModule[];
  shownAs: string;
}): void {
  const { file, env, vendors, shownAs } = options;
  try {
    loadConfig({ file, env, vendors, isCron: validate });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new KindError('config', error.message.replaceAll(file, shownAs), {
      fix: 'Nothing was written. Answer differently, or start from connector.example.yaml.',
      cause: error,
    });
  }
}

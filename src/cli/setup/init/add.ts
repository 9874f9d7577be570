import type { Command } from 'commander';
import { KindError } from '../../../domain/errors.ts';
import { plainJson, plainText } from '../../../reports/format/plain-text.ts';
import {
  addClients,
  addConnection,
  chooseConnection,
  connectExisting,
  type PastBlockText,
  readExisting,
  unconfiguredClients,
} from '../../../service/setup/add-to-config.ts';
import { readOffered } from '../../../service/setup/offered.ts';
import { startDraft } from '../../../service/setup/start-draft.ts';
import type { CliDeps } from '../../deps.ts';
import { type Cli, usualConfig } from '../../scope.ts';
import { askConnection, askVendor } from './ask-connection.ts';
import { askClients } from './ask-terms.ts';
import { addClientFlags, addConnectionFlags, type GlobalFlags, openAsker } from './flags.ts';
import { refuseMissingSettings } from './missing.ts';

interface ClientFlags extends GlobalFlags {
  agreement?: string;
  pastBlock?: string[];
}

/** `init client` and `init connection`: what is added to a file that is there; its comments stay. */
export function addAddingCommands(init: Command, cli: Cli): void {
  const client = cli.add(
    init,
    'client',
    'add clients to the config file, by what the PSA lists; comments stay',
    'init client --clients 12,17 --agreement standard',
  );
  addClientFlags(client)
    .option('--connection <name>', 'whose clients (default: the one that gets the alerts)')
    .option('--agreement <name>', 'their agreement (default: the first of the file)')
    .option(
      '--past-block <block>',
      'of one client, for `report leaks`: a block sold before, as 10@120:2026-01-01:2026-12-31; repeatable',
      (text: string, before: string[] = []) => [...before, text],
    )
    .action(async (_options: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      cli.exitCode = await runInitClient(cli.deps, flags);
    });
  const connection = cli.add(
    init,
    'connection',
    'add another PSA or RMM to the config file; clients are matched by name',
    'init connection --connection rmm --vendor VENDOR --set baseUrl=https://rmm.example.com',
  );
  addConnectionFlags(connection).action(async (_options: unknown, command: Command) => {
    cli.exitCode = await runInitConnection(cli.deps, command.optsWithGlobals<GlobalFlags>());
  });
}

async function runInitClient(deps: CliDeps, flags: ClientFlags): Promise<number> {
  const file = flags.config ?? usualConfig;
  const asker = await openAsker(deps, flags);
  if (asker === null && flags.clients === undefined) {
    throw new KindError('config', 'Without a terminal, --clients is needed.', {
      fix: 'Pass --clients ID,ID or --clients all; `prepaid-hours clients` lists them.',
    });
  }
  const existing = await readExisting(deps.vendors, file, deps.env);
  const connection = chooseConnection(existing, flags.connection);
  const offered = await readOffered(connectExisting(existing, connection), deps.signal);
  const open = unconfiguredClients(existing, connection.name, offered.clients);
  if (open.length === 0) {
    throw new KindError('config', `Every client of "${connection.name}" is in the config already.`);
  }
  const clients = await askClients(open, flags.clients, asker, { isNew: true });
  const { added, matched } = addClients(existing, {
    connection: connection.name,
    clients,
    agreement: flags.agreement ?? null,
    takesBlocks: flags.openingBlocks,
    pastBlocks: readPastBlocks(flags.pastBlock, clients.length),
  });
  const lines = [
    ...(added.length === 0 ? [] : [`Added to ${file}: ${added.join(', ')}.`]),
    ...(matched.length === 0 ? [] : [`Got an ID in ${connection.name}: ${matched.join(', ')}.`]),
    'Next: prepaid-hours check',
  ];
  print(deps, flags, { file, added, matched }, lines);
  return 0;
}

/** `10@120:2026-01-01`, with a last day behind another colon. */
function readPastBlocks(texts: readonly string[] = [], clients: number): PastBlockText[] {
  if (texts.length > 0 && clients !== 1) {
    throw new KindError('config', '--past-block is for one client.', {
      fix: 'Add the clients one by one, or use `prepaid-hours block add CLIENT --past` later.',
    });
  }
  return texts.map((text) => {
    const found = /^([\d.]+)@([\d.]+):(\d{4}-\d\d-\d\d)(?::(\d{4}-\d\d-\d\d))?$/.exec(text);
    if (found === null) {
      throw new KindError('config', `--past-block: "${plainText(text)}" is not a past block.`, {
        fix: 'Write HOURS@RATE:FIRST-DAY or HOURS@RATE:FIRST-DAY:LAST-DAY, as 10@120:2026-01-01.',
      });
    }
    const [, hours = '', rate = '', purchasedOn = '', expiresOn] = found;
    return { hours, rate, purchasedOn, ...(expiresOn === undefined ? {} : { expiresOn }) };
  });
}

async function runInitConnection(deps: CliDeps, flags: GlobalFlags): Promise<number> {
  const file = flags.config ?? usualConfig;
  const asker = await openAsker(deps, flags);
  const existing = await readExisting(deps.vendors, file, deps.env);
  const vendor = await askVendor(deps, asker, flags.vendor, false);
  const { set = new Map(), secret = new Map() } = flags;
  const name =
    flags.connection ??
    (await asker?.text({ message: 'Your name for this connection', initial: vendor.id }));
  if (name === undefined) {
    throw new KindError('config', 'Without a terminal, --connection is needed.', {
      fix: 'Pass your name for the connection, such as --connection rmm.',
    });
  }
  if (existing.config.connections.has(name)) {
    throw new KindError('config', `There is a connection "${name}" already.`, {
      fix: 'Choose another name with --connection.',
    });
  }
  const env = deps.env;
  const draft = startDraft({ file, env, vendor, name, isSending: false, set, secret });
  if (asker === null) refuseMissingSettings(draft);
  const { config } = existing;
  const place = { timezone: config.timezone, currency: config.currency, locale: config.locale };
  const { offered } = await askConnection(draft, { asker, place, signal: deps.signal });
  const { written, matched, unmatched } = addConnection(existing, draft, offered.clients);
  const lines = [
    `Added to ${file}: connection ${name} (${vendor.title}).`,
    ...(written.secretNames.length === 0 ? [] : [`In .env: ${written.secretNames.join(', ')}.`]),
    `Clients found by name: ${matched.length} of ${config.clients.length}.`,
    ...(unmatched.length === 0
      ? []
      : [`Without an ID there: ${unmatched.join(', ')}. See \`prepaid-hours clients\`.`]),
    'Next: prepaid-hours check',
  ];
  print(deps, flags, { ...written, matched, unmatched }, lines);
  return 0;
}

function print(deps: CliDeps, flags: GlobalFlags, json: unknown, lines: readonly string[]): void {
  const text = flags.json === true ? plainJson(json) : lines.map(plainText).join('\n');
  deps.out(`${text}\n`);
}

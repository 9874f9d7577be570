import type { Command } from 'commander';
import { familyOf } from '../../domain/agreements/shares.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { sizeIn } from '../../domain/format.ts';
import { dateInZone, instantFromMs } from '../../domain/time.ts';
import { addPastBlock, readExisting } from '../../service/setup/add-to-config.ts';
import { findClient } from '../input/find-client.ts';
import { readAmount, readDate, readHours, readReason, readWhole } from '../input/values.ts';
import type { Cli } from '../scope.ts';

interface AddOptions {
  hours?: string;
  rate?: string;
  amount?: string;
  purchasedOn?: string;
  expiresOn?: string;
  priority: string;
  workTypes?: string;
  purpose?: string;
  followedBy?: string;
  reason: string;
  past?: boolean;
}

/** Under both names: a sale by invoice is resumed like one by recharge. */
function addResumeCommand(parent: Command, name: 'block' | 'recharge', cli: Cli): void {
  cli
    .add(
      parent,
      'resume <client>',
      'resume automatic sales after a payment was reversed or declined',
      `${name} resume Dupont`,
    )
    .action((query: string, _options: unknown, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer }) => {
        const client = findClient(app.clients, query);
        await deps.service.resumeSales(app, client.id);
        answer({ client: client.name }, () => `${client.name}: automatic sales resumed.\n`);
        return 0;
      }),
    );
}

export function defineRecharge(recharge: Command, cli: Cli): void {
  addResumeCommand(recharge, 'recharge', cli);
}

export function defineBlock(block: Command, cli: Cli): void {
  cli
    .add(
      block,
      'add <client>',
      'add a block that was sold outside prepaid-hours',
      'block add Dupont --hours 10 --rate 120.00 --expires-on 2027-03-31',
    )
    .option('--hours <hours>', 'size of a block of hours')
    .option('--rate <price>', 'price of one hour, in the client’s currency')
    .option('--amount <money>', 'size of a money block, instead of --hours and --rate')
    .option('--purchased-on <day>', 'such as 2026-03-31 (default: today)')
    .option('--expires-on <day>', 'last day of use (default: never expires)')
    .option('--priority <number>', 'lower is used first', '0')
    .option(
      '--work-types <names>',
      'only pays for these work types, separated by commas (default: all)',
    )
    .option('--purpose <name>', '"onboarding": its end is an alert that proposes what follows')
    .option('--followed-by <name>', 'the one of `agreements` that follows an onboarding')
    .option('--reason <text>', 'shown on the statement', 'Added by hand')
    .option('--past', 'from before the first day: only written to the config, for `report leaks`')
    .action((query: string, options: AddOptions, command: Command) => {
      if (options.past === true) return addPast(cli, query, options, command);
      return cli.withApp(command, 'write', async ({ app, deps, answer, format }) => {
        const client = findClient(app.clients, query);
        const today = dateInZone(instantFromMs(app.now()), client.timezone);
        const request = {
          clientId: client.id,
          ...readBlock(options, client.currency, today),
          ...readPurpose(options, app.config.agreements),
        };
        if (request.amountMinor !== null) refuseWithoutRates(client, app.clients);
        const { blockId } = await deps.service.addBlock(app, request);
        const { seconds, amountMinor } = request;
        answer({ client: client.name, block: blockId, seconds, amountMinor }, () => {
          const { currency } = client;
          const size = sizeIn(format, seconds, amountMinor, currency);
          const rate =
            amountMinor === null ? ` at ${format.money(request.rateMinor, currency)}` : '';
          return `${client.name}: block ${blockId}, ${size}${rate}.\n`;
        });
        return 0;
      });
    });
  cli
    .add(
      block,
      'extend <id>',
      'change a block’s last day; hours that had already expired are restored',
      'block extend b-12ab34cd56 --until 2027-06-30 --reason "Holiday closing"',
    )
    .requiredOption('--until <day>', 'new last day, or "never"')
    .requiredOption('--reason <text>', 'why')
    .action((blockId: string, options: { until: string; reason: string }, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer, format }) => {
        const expiresOn = options.until === 'never' ? null : readDate('--until', options.until);
        const request = { blockId, expiresOn, reason: readReason(options.reason) };
        const back = await deps.service.extendBlock(app, request);
        const { returnedSeconds, returnedMinor, currency } = back;
        answer({ block: blockId, expiresOn, returnedSeconds, returnedMinor }, () => {
          const until = expiresOn === null ? 'never ends' : `ends on ${format.day(expiresOn)}`;
          const isBack = returnedSeconds > 0 || (returnedMinor ?? 0) > 0;
          const size = sizeIn(format, returnedSeconds, returnedMinor, currency);
          return `Block ${blockId} now ${until}${isBack ? `; ${size} restored` : ''}.\n`;
        });
        return 0;
      }),
    );
  cli
    .add(
      block,
      'void <id>',
      'close a block and withdraw what is left; hours already used stay used',
      'block void b-12ab34cd56 --reason "Invoice cancelled"',
    )
    .requiredOption('--reason <text>', 'why')
    .action((blockId: string, options: { reason: string }, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer, format }) => {
        const reason = readReason(options.reason);
        const removed = await deps.service.voidBlock(app, { blockId, reason });
        const { removedSeconds, removedMinor, currency } = removed;
        answer({ block: blockId, removedSeconds, removedMinor }, () => {
          const rest = sizeIn(format, removedSeconds, removedMinor, currency);
          return `Block ${blockId} is void; ${rest} withdrawn.\n`;
        });
        return 0;
      }),
    );
  addSalesCommands(block, cli);
}

/** Nothing is posted: the block only says what the work of those days was paid from. */
function addPast(cli: Cli, query: string, options: AddOptions, command: Command): Promise<void> {
  return cli.withApp(command, 'read', async ({ app, deps, answer }) => {
    const client = findClient(app.clients, query);
    const { hours, rate, purchasedOn, expiresOn } = options;
    const isOther = options.amount !== undefined || options.workTypes !== undefined;
    if (isOther || hours === undefined || rate === undefined || purchasedOn === undefined) {
      throw new KindError('config', '--past needs --hours, --rate and --purchased-on.', {
        fix: 'Write --past --hours 10 --rate 120.00 --purchased-on 2026-01-01.',
      });
    }
    readBlock(options, client.currency, purchasedOn);
    const block = { hours, rate, purchasedOn, ...(expiresOn === undefined ? {} : { expiresOn }) };
    const existing = await readExisting(deps.vendors, app.config.file, deps.env);
    const { file } = addPastBlock(existing, client.name, block);
    answer({ client: client.name, file, block }, () => {
      const from = `${client.name}: past block of ${hours} h from ${purchasedOn}`;
      return `${from}, added to ${file}.\nNext: prepaid-hours run pull, then report leaks\n`;
    });
    return 0;
  });
}

function addSalesCommands(block: Command, cli: Cli): void {
  cli
    .add(
      block,
      'accept <id>',
      'credit an open order as ordered, or book a block that was invoiced by hand in the PSA',
      'block accept b-12ab34cd56',
    )
    .option('--again', 'even if a block of the same day and size was added by hand')
    .action((id: string, { again }: { again?: boolean }, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer }) => {
        if (/^b-[0-9a-f]{10}$/.test(id)) {
          const { label } = await deps.service.acceptOrder(app, id);
          const text = `Order ${id} accepted; the next run credits its hours.\n`;
          answer({ block: id, invoice: label }, () => text);
          return 0;
        }
        const sales = await deps.service.acceptInvoice(app, id, again === true);
        const booked = sales.map(({ client, label, offer, seconds, amountMinor }) => {
          return { client: client.name, invoice: label, offer: offer.name, seconds, amountMinor };
        });
        answer({ booked }, () =>
          sales
            .map(({ client, label, offer }) => {
              const when = client.agreement.activate === 'on-payment' ? ' once it is paid' : '';
              return `${client.name}: invoice ${label} booked (offer "${offer.name}"); the next run credits it${when}.\n`;
            })
            .join(''),
        );
        return 0;
      }),
    );
  addResumeCommand(block, 'block', cli);
}

function readBlock(options: AddOptions, currency: string, today: string) {
  const purchasedOn =
    options.purchasedOn === undefined ? today : readDate('--purchased-on', options.purchasedOn);
  const expiresOn =
    options.expiresOn === undefined ? null : readDate('--expires-on', options.expiresOn);
  if (expiresOn !== null && expiresOn < purchasedOn) {
    throw new KindError('config', '--expires-on: the block would expire before it is purchased.');
  }
  return {
    ...readSize(options, currency),
    purchasedOn,
    expiresOn,
    priority: readWhole('--priority', options.priority),
    workTypes: options.workTypes === undefined ? null : readNames(options.workTypes),
    reason: readReason(options.reason),
  };
}

/** Work without a price is never paid from a money block. */
function refuseWithoutRates(client: Client, clients: readonly Client[]): void {
  if (familyOf(client, clients).some(({ agreement }) => agreement.rates !== null)) return;
  throw new KindError('config', `The agreement of ${client.name} has no rates to pay work by.`, {
    fix: 'Add them to the agreement, such as rates: { hour: 120.00 }.',
  });
}

function readPurpose(
  { purpose, followedBy }: AddOptions,
  agreements: ReadonlyMap<string, unknown>,
): { onboarding?: { followedBy: string } } {
  if (purpose === undefined && followedBy === undefined) return {};
  if (purpose === 'onboarding' && agreements.has(followedBy ?? '')) {
    return { onboarding: { followedBy: followedBy ?? '' } };
  }
  throw new KindError('config', 'A block for onboarding names the agreement that is to follow.', {
    fix: `Use --purpose onboarding --followed-by NAME. Agreements: ${[...agreements.keys()].join(', ')}.`,
  });
}

function readNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (!names.includes('')) return names;
  throw new KindError('config', '--work-types: a name is empty.', {
    fix: 'Write --work-types "Remote, On-site".',
  });
}

function readSize({ hours, rate, amount }: AddOptions, currency: string) {
  if (amount !== undefined && hours === undefined && rate === undefined) {
    const amountMinor = readAmount('--amount', amount, currency);
    if (amountMinor > 0) return { seconds: 0, amountMinor, rateMinor: 0 };
    throw new KindError('config', '--amount: must be above zero.');
  }
  if (amount !== undefined || hours === undefined || rate === undefined) {
    throw new KindError('config', 'A block needs either hours and a rate, or an amount.', {
      fix: 'Use either --hours 10 --rate 120.00 or --amount 1200.00.',
    });
  }
  const seconds = readHours(hours);
  if (seconds <= 0) throw new KindError('config', '--hours: must be above zero.');
  return { seconds, amountMinor: null, rateMinor: readAmount('--rate', rate, currency) };
}

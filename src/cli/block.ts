import type { Command } from 'commander';
import { formatDuration } from '../domain/duration.ts';
import { KindError } from '../domain/errors.ts';
import { dateInZone, instantFromMs } from '../domain/time.ts';
import { textsIn } from '../reports/text/texts.ts';
import { findClient } from './find-client.ts';
import type { Cli } from './scope.ts';
import { readDate, readHours, readRate, readReason, readWhole } from './values.ts';

interface AddOptions {
  hours: string;
  rate: string;
  purchasedOn?: string;
  expiresOn?: string;
  priority: string;
  reason: string;
}

export function addBlockCommands(program: Command, cli: Cli): void {
  const block = program.command('block').description('blocks of hours, by hand');
  cli
    .add(
      block,
      'add <client>',
      'add a block that was sold outside this program',
      'block add Dupont --hours 10 --rate 120.00 --expires-on 2027-03-31',
    )
    .requiredOption('--hours <hours>', 'size of the block')
    .requiredOption('--rate <price>', 'price of one hour, in the client’s currency')
    .option('--purchased-on <day>', 'such as 2026-03-31 (default: today)')
    .option('--expires-on <day>', 'last day of use (default: never expires)')
    .option('--priority <number>', 'lower is used first', '0')
    .option('--reason <text>', 'shown on the statement', 'Added by hand')
    .action((query: string, options: AddOptions, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer }) => {
        const client = findClient(app.clients, query);
        const today = dateInZone(instantFromMs(app.now()), client.timezone);
        const request = { clientId: client.id, ...readBlock(options, client.currency, today) };
        const { blockId } = await deps.service.addBlock(app, request);
        answer({ client: client.name, block: blockId, seconds: request.seconds }, () => {
          const rate = textsIn('en').amount(request.rateMinor, client.currency);
          return `${client.name}: block ${blockId}, ${formatDuration(request.seconds)} at ${rate}.\n`;
        });
        return 0;
      }),
    );
  cli
    .add(
      block,
      'void <id>',
      'close a block; what was used from it stays used',
      'block void b-12ab34cd56 --reason "Invoice cancelled"',
    )
    .requiredOption('--reason <text>', 'why')
    .action((blockId: string, options: { reason: string }, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer }) => {
        const reason = readReason(options.reason);
        const { removedSeconds } = await deps.service.voidBlock(app, { blockId, reason });
        answer(
          { block: blockId, removedSeconds },
          () => `Block ${blockId} is void; ${formatDuration(removedSeconds)} were taken back.\n`,
        );
        return 0;
      }),
    );
}

function readBlock(options: AddOptions, currency: string, today: string) {
  const seconds = readHours(options.hours);
  if (seconds <= 0) throw new KindError('config', '--hours: a block has more than no hours.');
  const purchasedOn =
    options.purchasedOn === undefined ? today : readDate('--purchased-on', options.purchasedOn);
  const expiresOn =
    options.expiresOn === undefined ? null : readDate('--expires-on', options.expiresOn);
  if (expiresOn !== null && expiresOn < purchasedOn) {
    throw new KindError('config', '--expires-on: the block would expire before it is bought.');
  }
  return {
    seconds,
    rateMinor: readRate(options.rate, currency),
    purchasedOn,
    expiresOn,
    priority: readWhole('--priority', options.priority),
    reason: readReason(options.reason),
  };
}

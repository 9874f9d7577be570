import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { findClient } from '../input/find-client.ts';
import { readChange, readHours, readReason } from '../input/values.ts';
import type { Cli } from '../scope.ts';

interface AdjustOptions {
  hours?: string;
  amount?: string;
  block?: string;
  allowOverage?: boolean;
  reason: string;
}

export function defineAdjust(adjust: Command, cli: Cli): void {
  adjust
    .option('--hours <hours>', 'positive to give, negative to take')
    .option('--amount <money>', 'money instead of hours, for a money block')
    .option('--block <id>', 'only this block (default: blocks that cover any work, in burn order)')
    .option('--allow-overage', 'take more than is left; the rest becomes overage')
    .requiredOption('--reason <text>', 'why')
    .action((query: string, options: AdjustOptions, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer, format }) => {
        const client = findClient(app.clients, query);
        const { seconds, minor } = readWanted(options, client.currency);
        const { key, settledSeconds, moneyLeft, overageSeconds } = await deps.service.adjustBalance(
          app,
          {
            clientId: client.id,
            seconds,
            minor,
            blockId: options.block ?? null,
            isOverageAllowed: options.allowOverage === true,
            reason: readReason(options.reason),
          },
        );
        const money = (value: number) => format.money(value, client.currency);
        const left = minor === null ? null : (moneyLeft.get(client.currency) ?? 0);
        const document = { client: client.name, key, seconds, amountMinor: minor };
        answer({ ...document, settledSeconds, amountLeftMinor: left, overageSeconds }, () => {
          const sign = (minor ?? seconds) > 0 ? '+' : '';
          const [change, rest] =
            minor === null || left === null
              ? [format.duration(seconds), format.duration(settledSeconds)]
              : [money(minor), money(left)];
          const overage =
            overageSeconds === 0 ? '' : `, ${format.duration(overageSeconds)} of overage`;
          return `${client.name}: ${sign}${change}; ${rest} left${overage}.\n`;
        });
        return 0;
      }),
    );
}

function readWanted(
  { hours, amount }: AdjustOptions,
  currency: string,
): { seconds: number; minor: number | null } {
  if (hours !== undefined && amount === undefined)
    return { seconds: readHours(hours), minor: null };
  if (amount !== undefined && hours === undefined) {
    return { seconds: 0, minor: readChange('--amount', amount, currency) };
  }
  throw new KindError('config', 'An adjustment is either hours or money.', {
    fix: 'Use either --hours -1.5 or --amount 50.00.',
  });
}

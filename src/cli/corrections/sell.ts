import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import type { SellRequest, SellResult } from '../../service/corrections/sell.ts';
import { findClient } from '../input/find-client.ts';
import { readReason, readWhole } from '../input/values.ts';
import type { Cli, Scope } from '../scope.ts';

interface SellOptions {
  offer: string;
  quantity: string;
  recharge?: boolean;
  reason?: string;
  yes?: boolean;
}

export function defineSell(sell: Command, cli: Cli): void {
  sell
    .requiredOption('--offer <name>', 'one of `offers` in the config')
    .option('--quantity <blocks>', 'how many blocks of it', '1')
    .option('--recharge', 'have it collected by the agreement’s `recharge` terms')
    .option('--reason <text>', 'why; for the ticket on your own board')
    .option('--yes', 'order it (default: dry run)')
    .action((query: string, options: SellOptions, command: Command) =>
      cli.withApp(command, 'write', async (scope) => {
        const request = {
          client: findClient(scope.app.clients, query),
          offer: options.offer,
          quantity: readQuantity(options.quantity),
          isRecharge: options.recharge === true,
          reason: options.reason === undefined ? null : readReason(options.reason),
          isDone: options.yes === true,
        };
        const result = await scope.deps.service.sellBlock(scope.app, request);
        const { sale, ...rest } = result;
        const { offer, quantity, seconds, totalMinor } = sale;
        const { amountMinor, rateMinor, currency } = offer;
        const sold = { quantity, seconds, amountMinor, rateMinor, totalMinor, currency };
        const document = { client: request.client.name, offer: offer.name, ...sold, ...rest };
        scope.answer({ ...document, mode: scope.app.config.mode }, () =>
          sellText(request, result, scope),
        );
        return 0;
      }),
    );
}

function readQuantity(text: string): number {
  const quantity = readWhole('--quantity', text);
  if (quantity > 0) return quantity;
  throw new KindError('config', '--quantity: sell at least one block.');
}

function sellText(request: SellRequest, result: SellResult, scope: Scope): string {
  const { sale, connection, activate, expiresOn } = result;
  const { offer, quantity, totalMinor } = sale;
  const { format, hang } = scope;
  const money = (minor: number) => format.money(minor, offer.currency);
  const size =
    offer.amountMinor === null
      ? `${format.duration(offer.seconds)} at ${money(offer.rateMinor)} an hour`
      : money(offer.amountMinor);
  const count = quantity === 1 ? '' : `${quantity} × `;
  const usable = activate === 'on-payment' ? 'is paid' : `is in "${connection}"`;
  const lines = [
    ['Block: ', `${count}${size} (offer "${offer.name}")`],
    ['Price: ', `${money(totalMinor)} before tax`],
    ['Invoice: ', `in "${connection}", ${collectText(result)}`],
    ['Usable: ', `once the invoice ${usable}`],
    [
      'Expires: ',
      expiresOn === null ? 'never' : `${format.day(expiresOn)}, if it becomes usable today`,
    ],
    ['Messages: ', result.messages.map(({ kind }) => kinds[kind] ?? kind).join(', ')],
  ] as const;
  const shown = lines.map(([head, text]) => `  ${hang(head, plainText(text))}\n`).join('');
  return `${plainText(request.client.name)}\n${shown}${nextText(request, result, scope)}`;
}

const kinds: Record<string, string> = {
  'alert-ticket': 'ticket on your own board',
  'ticket-note': 'note to the client',
};

function collectText({ collect, needsApproval }: SellResult): string {
  if (collect === null) return 'paid by the client';
  const by = collect === 'psa' ? 'collected by what collects its invoices' : `by "${collect}"`;
  return needsApproval ? `${by}, once you approve it (\`outbox list\`)` : by;
}

function nextText(request: SellRequest, result: SellResult, scope: Scope): string {
  if (result.run === null) return `Dry run. To apply: ${commandOf(request)}\n`;
  if (scope.app.config.mode === 'observe') {
    return 'Observe mode: the messages are withheld and nothing is ordered. Sell it again in live mode.\n';
  }
  const sent = 'Ordered; the next run sends the invoice.';
  return `${sent} To take it back: prepaid-hours undo ${result.run} --yes\n`;
}

function commandOf({ client, offer, quantity, isRecharge, reason }: SellRequest): string {
  const options = [
    `--offer ${offer}`,
    ...(quantity === 1 ? [] : [`--quantity ${quantity}`]),
    ...(isRecharge ? ['--recharge'] : []),
    ...(reason === null ? [] : [`--reason "${plainText(reason)}"`]),
  ];
  return `prepaid-hours sell "${plainText(client.name)}" ${options.join(' ')} --yes`;
}

import { type Command, Option } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { type Locale, languageOf } from '../../domain/format.ts';
import { type BridgeReport, buildBridge } from '../../reports/bridge/bridge.ts';
import { bridgeToPaper } from '../../reports/bridge/bridge-paper.ts';
import { proposalToHtml } from '../../reports/bridge/proposal.ts';
import type { WorkHistory } from '../../reports/leaks/work-history.ts';
import { readWorkHistory } from '../../service/plan/work-history.ts';
import { findClient } from '../input/find-client.ts';
import { readAmount, readHours } from '../input/values.ts';
import type { Cli, Scope } from '../scope.ts';
import { addPaperOptions, answerPaper, type PaperOptions, writeAnswer } from './paper-output.ts';

interface BridgeOptions extends PaperOptions {
  price?: string;
  hoursIncluded?: string;
  costPerHour?: string;
  proposal?: 'en' | 'fr' | true;
}

export function addBridgeReport(report: Command, cli: Cli): void {
  const command = cli
    .add(
      report,
      'bridge [client]',
      'whether a flat monthly price would be better, by the last twelve months, and a draft of the proposal',
      'report bridge Dupont --price 950.00 --proposal fr --out proposal.html',
    )
    .option('--price <amount>', 'flat price per month (default: derived from the months)')
    .option('--hours-included <hours>', 'hours per month in the flat price (default: all)')
    .option('--cost-per-hour <amount>', 'what an hour of work costs you, to see your margin')
    .addOption(
      new Option(
        '--proposal [language]',
        'a page for the client instead, as a draft (default: in its own language)',
      ).choices(['en', 'fr']),
    );
  addPaperOptions(command, 'csv').action(
    (query: string | undefined, options: BridgeOptions, parsed: Command) =>
      cli.withApp(parsed, 'read', async (scope) => {
        const { app } = scope;
        const only = query === undefined ? null : new Set([findClient(app.clients, query).id]);
        const history = await readWorkHistory(app, 'every-client');
        const bridge = buildBridge(history, only, (currency) => readTerms(options, currency));
        if (options.proposal !== undefined) {
          if (only === null)
            throw new KindError('config', 'Whose proposal?', { fix: 'Name a client.' });
          const isPrinted = options.out === undefined;
          if ((isPrinted && scope.isJson) || (options.format ?? 'html') !== 'html') {
            const fix = 'Leave out --format and --json.';
            throw new KindError('config', 'A proposal is a page.', { fix });
          }
          writeAnswer(scope, options.out, propose(scope, bridge, history, options));
          return 0;
        }
        answerPaper(scope, options, {
          json: bridge,
          paper: (format) => bridgeToPaper(bridge, app.config, format === 'html' || only !== null),
        });
        return 0;
      }),
  );
}

function readTerms({ price, hoursIncluded, costPerHour }: BridgeOptions, currency: string) {
  const amount = (option: string, text: string | undefined) =>
    text === undefined ? null : readAmount(option, text, currency);
  return {
    priceMinor: amount('--price', price),
    includedSeconds:
      hoursIncluded === undefined ? null : readHours(hoursIncluded, '--hours-included'),
    costPerHourMinor: amount('--cost-per-hour', costPerHour),
  };
}

function propose(
  { app }: Scope,
  { clients }: BridgeReport,
  { asOf, clients: works }: WorkHistory,
  { price, proposal }: BridgeOptions,
): string {
  const [bridge] = clients;
  const work = works.find(({ client }) => client.name === bridge?.client);
  if (price === undefined) {
    throw new KindError('config', 'A proposal needs its price.', { fix: 'Add --price 950.00.' });
  }
  if (bridge === undefined || work === undefined || bridge.offers.length === 0) {
    throw new KindError('config', 'There is no complete month of work with a price yet.', {
      fix: 'Run `prepaid-hours report bridge` without --proposal to see what is missing.',
    });
  }
  const { client, startOn } = work;
  const { locale, durations, timezone } = client;
  const isOwn = proposal === true || proposal === undefined || languageOf(locale) === proposal;
  const reader = { locale: isOwn ? locale : (proposal as Locale), durations, timezone };
  return proposalToHtml(bridge, { reader, sender: app.config.sender, at: asOf, startOn });
}

import { type Command, Option } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { type Locale, locales } from '../../domain/format.ts';
import { dateInZone, instantFromMs } from '../../domain/time.ts';
import { type Explanation, explain } from '../../reports/explain/explain.ts';
import { type BalanceExplanation, explainBalance } from '../../reports/explain/explain-balance.ts';
import { findClient } from '../input/find-client.ts';
import { readDate } from '../input/values.ts';
import type { Cli, Scope } from '../scope.ts';

export function defineExplain(explain: Command, cli: Cli): void {
  explain
    .addOption(localeOption())
    .action((id: string, options: { locale?: Locale }, command: Command) =>
      cli.withApp(command, 'read', (scope) => answerWork(id, options, scope)),
    );
  cli
    .add(
      explain,
      'balance <client>',
      'how a client’s balance is made up, block by block',
      'explain balance Dupont --on 2026-03-31',
    )
    .option('--on <date>', 'the balance at the end of this day (default: today)')
    .addOption(localeOption())
    .action((client: string, _options: unknown, command: Command) =>
      cli.withApp(command, 'read', (scope) =>
        answerBalance(client, command.optsWithGlobals<BalanceOptions>(), scope),
      ),
    );
}

interface BalanceOptions {
  locale?: Locale;
  on?: string;
}

function localeOption(): Option {
  return new Option('--locale <locale>', 'default: the client’s locale').choices(locales);
}

async function answerWork(
  id: string,
  { locale }: { locale?: Locale },
  scope: Scope,
): Promise<number> {
  const { clients, config, store } = scope.app;
  const explanations = await explain(store, {
    id,
    clients,
    connections: [...config.connections.keys()],
    locale: locale ?? null,
    fallback: config,
  });
  scope.answer({ explanations }, () =>
    explanations.map((explanation) => explanationText(explanation, scope)).join('\n'),
  );
  return 0;
}

async function answerBalance(name: string, options: BalanceOptions, scope: Scope): Promise<number> {
  const { clients, store, now } = scope.app;
  const client = findClient(clients, name);
  const today = dateInZone(instantFromMs(now()), client.timezone);
  const on = options.on === undefined ? today : readDate('--on', options.on);
  if (on > today) {
    throw new KindError('config', `--on: ${on} is in the future.`, {
      fix: 'Use today or an earlier date; for the future, see `prepaid-hours report forecast`.',
    });
  }
  const locale = options.locale ?? client.locale;
  const balance = await explainBalance(store, { client, on, locale });
  scope.answer(balance, () => explanationText(balance, scope));
  return 0;
}

function explanationText(
  { title, steps }: Pick<Explanation | BalanceExplanation, 'title' | 'steps'>,
  { paint }: Scope,
): string {
  const parts = steps.map((step) =>
    [paint('bold', step.title), ...step.lines.map((line) => `  ${line}`)].join('\n'),
  );
  return `${[paint('bold', title), ...parts].join('\n')}\n`;
}

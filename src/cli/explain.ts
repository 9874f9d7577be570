import { type Command, Option } from 'commander';
import { KindError } from '../domain/errors.ts';
import type { Locale } from '../domain/terms.ts';
import { dateInZone, instantFromMs } from '../domain/time.ts';
import { type Explanation, explain } from '../reports/explain.ts';
import { type BalanceExplanation, explainBalance } from '../reports/explain-balance.ts';
import { findClient } from './find-client.ts';
import type { Cli, Scope } from './scope.ts';
import { readDate } from './values.ts';

export function addExplainCommand(program: Command, cli: Cli): void {
  cli
    .add(
      program,
      'explain <id> [client]',
      'why a time entry, ticket or charge cost what it did; or a client’s balance on a date',
      'explain 48213 --locale fr\n  prepaid-hours explain balance Dupont --on 2026-03-31',
    )
    .option('--on <date>', 'the balance at the end of this day (default: today)')
    .addOption(new Option('--locale <locale>', 'instead of the client’s').choices(['en', 'fr']))
    .action((id: string, name: string | undefined, options: ExplainOptions, command: Command) => {
      const client = balanceOf(id, name, options);
      return cli.withApp(command, 'read', (scope) =>
        client === null ? answerWork(id, options, scope) : answerBalance(client, options, scope),
      );
    });
}

interface ExplainOptions {
  locale?: Locale;
  on?: string;
}

/** The client whose balance is asked for: `balance CLIENT`, or any CLIENT with `--on`; null: an id. */
function balanceOf(id: string, name: string | undefined, { on }: ExplainOptions): string | null {
  if (name === undefined) return on === undefined ? null : id;
  if (id === 'balance') return name;
  throw new KindError('config', `"${id} ${name}" is two things; explain answers for one.`, {
    fix: 'Write `prepaid-hours explain ID`, or `prepaid-hours explain balance CLIENT --on DATE`.',
  });
}

async function answerWork(id: string, { locale }: ExplainOptions, scope: Scope): Promise<number> {
  const { clients, config, store } = scope.app;
  const explanations = await explain(store, {
    id,
    clients,
    connections: [...config.connections.keys()],
    locale: locale ?? null,
    fallback: { locale: config.locale, timezone: config.timezone },
  });
  scope.answer({ explanations }, () =>
    explanations.map((explanation) => explanationText(explanation, scope)).join('\n'),
  );
  return 0;
}

async function answerBalance(name: string, options: ExplainOptions, scope: Scope): Promise<number> {
  const { clients, store, now } = scope.app;
  const client = findClient(clients, name);
  const today = dateInZone(instantFromMs(now()), client.timezone);
  const on = options.on === undefined ? today : readDate('--on', options.on);
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

import type { LoadedConfig } from '../../config/loaded.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { dateInZone, type Instant } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';
import type { ClientBalance } from '../balances/balances.ts';
import { buildOutlook, type Outlook } from './outlook.ts';
import { buildStatement } from './statement.ts';
import type { Statement } from './statement-shape.ts';

/** What statements of any client are made from. */
export interface StatementSource {
  config: Pick<LoadedConfig, 'offers' | 'sender'>;
  store: Store;
  /** All configured clients: some may share the blocks. */
  clients: readonly Client[];
  now: Instant;
}

/** A month of a client as it reads it. `month`: null: the current one, in the client's zone. */
export async function buildClientStatement(
  { store, now }: Pick<StatementSource, 'store' | 'now'>,
  client: Client,
  month: string | null,
): Promise<Statement> {
  const current = dateInZone(now, client.timezone).slice(0, 7);
  if (month !== null && month > current) {
    throw new KindError('config', `--month: ${month} is in the future.`, {
      fix: 'Use this month or an earlier one; for the future, see `prepaid-hours report forecast`.',
    });
  }
  return await buildStatement(store, {
    client,
    month: month ?? current,
    locale: client.locale,
    now,
  });
}

/** What lies ahead is shown while the month runs: the page of a month that is over never changes. */
export async function buildStatementOutlook(
  { config, store, clients, now }: StatementSource,
  client: Client,
  { provisional }: Pick<Statement, 'provisional'>,
  balance?: ClientBalance,
): Promise<Outlook | null> {
  if (provisional === null) return null;
  const { offers } = config;
  return await buildOutlook(store, { client, all: clients, offers, now, balance });
}

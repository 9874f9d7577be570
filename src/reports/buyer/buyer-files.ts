import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { type Language, type Locale, languageOf } from '../../domain/format.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import { monthsOf, type RevenuePeriod } from '../../domain/revenue/account.ts';
import { addMonths, dateInZone, earliest, type Instant, startOfDay } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { PostedCharge, Store } from '../../store/port.ts';
import { plainJson } from '../format/plain-text.ts';
import { type RevenueReport, sumUpRevenue } from '../revenue/revenue.ts';
import { retentionToCsv, revenueToCsv, rollForwardToCsv } from '../revenue/revenue-csv.ts';
import {
  type Account,
  type MeasuredAccount,
  readAccounts,
  readRevenue,
} from '../revenue/revenue-source.ts';
import { blocksToCsv, clientsToCsv, type ExportedEntry, ledgerToCsv } from './buyer-rows.ts';
import { listDocuments } from './documents.ts';
import { spellReadme } from './readme.ts';
import { chargesToCsv, removeNote } from './technicians.ts';

interface BuyerRequest {
  clients: readonly Client[];
  /** Of clients that are no longer configured. */
  zone: ZoneName;
  locale: Locale;
  /** Null: the month of the first entry. */
  from: string | null;
  to: string;
  isAnonymous: boolean;
}

interface BuyerFiles {
  /** By name, without the manifest. */
  files: Map<string, string>;
  period: RevenuePeriod;
  entries: number;
}

const technicianWords: Record<Language, string> = { en: 'Technician', fr: 'Technicien' };

/** Everything that a buyer of the company checks, as of the end of the period. */
export async function buildBuyerFiles(store: Store, request: BuyerRequest): Promise<BuyerFiles> {
  const { clients, zone, to, locale, isAnonymous } = request;
  const accounts = await readAccounts(store, { clients, zone });
  const rows = await readLedgers(store, accounts, to, isAnonymous);
  const period = { from: request.from ?? firstMonth(accounts, rows), to };
  if (monthsOf(period).length === 0) {
    throw new KindError('config', `Nothing was posted up to ${to}.`, {
      fix: 'Choose a later month with --to.',
    });
  }
  const measured: MeasuredAccount[] = [];
  for (const account of accounts) measured.push(await readRevenue(store, account, period));
  const entries = accounts.flatMap(({ id }) => rows.get(id) ?? []);
  const charges: PostedCharge[] = [];
  for (const { id, zone: own } of accounts) {
    for await (const page of store.streamCharges(id, '', endOf(to, own))) charges.push(...page);
  }
  const files = new Map([
    ['README.txt', spellReadme(locale, period, isAnonymous)],
    ['clients.csv', clientsToCsv(accounts)],
    ['ledger.csv', ledgerToCsv(entries)],
    [
      'charges.csv',
      chargesToCsv(charges, isAnonymous ? technicianWords[languageOf(locale)] : null),
    ],
    ...filesOfRevenue(measured, sumUpRevenue(measured, period)),
  ]);
  for (const { name, text } of await listDocuments()) files.set(name, text);
  return { files, period, entries: entries.length };
}

/** The files that follow from the ledger, the blocks and the clients: a buyer makes them again. */
export function filesOfRevenue(
  accounts: readonly MeasuredAccount[],
  report: RevenueReport,
): [name: string, text: string][] {
  return [
    ['blocks.csv', blocksToCsv(accounts)],
    ['revenue.csv', revenueToCsv(report)],
    ['roll-forward.csv', rollForwardToCsv(report)],
    ['retention.csv', retentionToCsv(report)],
    ['revenue.json', `${plainJson(report)}\n`],
  ];
}

async function readLedgers(
  store: Store,
  accounts: readonly Account[],
  to: string,
  isAnonymous: boolean,
): Promise<Map<string, ExportedEntry[]>> {
  const spell = (entry: LedgerEntry, account: Account) =>
    isAnonymous ? removeNote(entry, account) : { ...entry, isNoteRemoved: false };
  const ledgers = new Map<string, ExportedEntry[]>();
  for (const account of accounts) {
    const entries: ExportedEntry[] = [];
    for await (const page of store.streamLedger(account.id, null, endOf(to, account.zone))) {
      entries.push(...page.map((entry) => spell(entry, account)));
    }
    ledgers.set(account.id, entries);
  }
  return ledgers;
}

function endOf(month: string, zone: ZoneName): Instant {
  return startOfDay(addMonths(`${month}-01`, 1), zone);
}

/** `9999-12`: nothing was posted. */
function firstMonth(
  accounts: readonly Account[],
  ledgers: ReadonlyMap<string, readonly ExportedEntry[]>,
): string {
  const days = accounts.flatMap(({ id, zone }) => {
    const first = ledgers.get(id)?.[0];
    return first === undefined ? [] : [dateInZone(first.postedAt, zone)];
  });
  return days.length === 0 ? '9999-12' : earliest(days).slice(0, 7);
}

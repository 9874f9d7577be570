import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { type Language, type Locale, languageOf } from '../../domain/format.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import type { RevenuePeriod } from '../../domain/revenue/account.ts';
import { addMonths, dateInZone, earliest, startOfDay } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { PostedCharge, Store } from '../../store/port.ts';
import { plainJson } from '../format/plain-text.ts';
import { type RevenueReport, sumUpRevenue } from '../revenue/revenue.ts';
import { retentionToCsv, revenueToCsv, rollForwardToCsv } from '../revenue/revenue-csv.ts';
import { type MeasuredAccount, readAccounts, readRevenue } from '../revenue/revenue-source.ts';
import { blocksToCsv, clientsToCsv, type ExportedEntry, ledgerToCsv } from './buyer-rows.ts';
import { listAgreements } from './documents.ts';
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
  const period = { from: request.from ?? (await findFirstMonth(store, request)), to };
  const ledgers = new Map<string, ExportedEntry[]>();
  const accounts = await readRevenue(store, {
    ...{ clients, zone, period, clientId: null },
    keep: (account, entries) => {
      const spell = (entry: LedgerEntry) =>
        isAnonymous ? removeNote(entry, account) : { ...entry, isNoteRemoved: false };
      ledgers.set(account.id, entries.map(spell));
    },
  });
  const entries = accounts.flatMap(({ id }) => ledgers.get(id) ?? []);
  const charges: PostedCharge[] = [];
  for (const { id, zone: own } of accounts) {
    const end = startOfDay(addMonths(`${to}-01`, 1), own);
    for await (const page of store.streamCharges(id, '', end)) charges.push(...page);
  }
  const technicians = isAnonymous ? technicianWords[languageOf(locale)] : null;
  const files = new Map([
    ['README.txt', spellReadme(locale, period, isAnonymous)],
    ['clients.csv', clientsToCsv(accounts)],
    ['ledger.csv', ledgerToCsv(entries)],
    ['charges.csv', chargesToCsv(charges, technicians)],
    ...filesOfRevenue(accounts, sumUpRevenue(accounts, period)),
    ...(await listAgreements(store, to)),
  ]);
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

/** The month of the first entry. */
async function findFirstMonth(store: Store, { clients, zone, to }: BuyerRequest): Promise<string> {
  const months: string[] = [];
  for (const account of await readAccounts(store, { clients, zone })) {
    for await (const [first] of store.streamLedger(account.id, null, null, 1)) {
      if (first !== undefined) months.push(dateInZone(first.postedAt, account.zone).slice(0, 7));
      break;
    }
  }
  const first = earliest(months);
  if (first !== '' && first <= to) return first;
  throw new KindError('config', `Nothing was posted up to ${to}.`, {
    fix: 'Choose a later month with --to.',
  });
}

/**
 * How each fact is verified: conditions, pages and units by reading; the rest
 * by writing to a test client, reading back and removing.
 */
import { z } from 'zod';
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { instantFromText, secondsBetween } from '../../src/domain/time.ts';
import { secondsOf } from '../http/answers/exact.ts';
import { Id } from '../http/answers/wire.ts';
import {
  fieldStep,
  type ProbeStep,
  runProbe,
  testBody,
  testSale,
  testSubject,
} from '../kit/checking/probe.ts';
import { firstPage } from '../kit/reading/lists.ts';
import { adjustmentsOf, createAdjustment, readRecap, topUpAgreement } from './agreements.ts';
import type { List, Psa } from './call.ts';
import { changedSince, isOneOf } from './conditions.ts';
import { type FactId, facts, routeFacts } from './facts.ts';
import { type ReadList, readLists } from './lists.ts';
import { createTicket, customFields, notesPath, writeNote } from './push.ts';
import { createLine, type Holder, invoiceHolder, linesPath, ticketHolder } from './sales.ts';
import { Decimal, fieldsOf, Text } from './schema.ts';

/** Enough rows to be conclusive while `check` stays light. */
const sampleSize = 50;

const nobody = '2147483647';
const farFuture = '2999-01-01T00:00:00.000Z';

export async function verifyByReading(psa: Psa, ids: readonly SourceId[]): Promise<CheckResult[]> {
  const future = changedSince(farFuture, psa.config);
  const answers: { [id in FactId]?: boolean | null } = {
    'conditions-company': await areEmpty(psa, (list) => isOneOf(list.companyField, [nobody])),
    'conditions-last-updated': await areEmpty(psa, () => future),
    'forward-only': await pagesGoForward(psa),
    'ticket-numbers': await numbersAreShared(psa),
    'actual-hours': await hoursAddUp(psa, ids),
  };
  const results: CheckResult[] = [];
  for (const [id, isTrue] of Object.entries(answers) as [FactId, boolean | null][]) {
    await facts.verifyFact(psa.context, id, isTrue);
    const known = await facts.factResult(psa.context, id);
    const isOpen = isTrue === null && known.status === 'warning';
    const detail = `No data to verify it with yet: ${facts.rows[id].claim}`;
    results.push(isOpen ? { id: known.id, status: 'ok', detail } : known);
  }
  return results;
}

/** Whether every list is empty for conditions that no row can meet. */
async function areEmpty(psa: Psa, conditionsOf: (list: ReadList) => string): Promise<boolean> {
  for (const list of Object.values(readLists)) {
    const conditions = conditionsOf(list);
    const page = { path: list.path, fields: 'id', conditions, pageSize: 1 };
    if ((await firstRows(psa, page)).length > 0) return false;
  }
  return true;
}

async function firstRows(psa: Psa, list: List): Promise<readonly unknown[]> {
  return (await firstPage(psa, list)).rows;
}

const AnyRow = z.object({ id: z.int(), recordType: Text });

/** Two pages of one row each must show two companies, sorted by ID. */
async function pagesGoForward(psa: Psa): Promise<boolean | null> {
  const seen: number[] = [];
  try {
    const list = { path: '/company/companies', fields: 'id', pageSize: 1 };
    for await (const { rows } of psa.pages(list)) {
      seen.push(...rows.map((row) => AnyRow.parse(row).id));
      if (seen.length >= 2 || rows.length === 0) break;
    }
  } catch (error) {
    if (isKindError(error, 'contract')) return false;
    throw error;
  }
  const [first, second] = seen;
  return first === undefined || second === undefined ? null : second > first;
}

/** No project ticket may have the same number as a service ticket. */
async function numbersAreShared(psa: Psa): Promise<boolean | null> {
  const sample = { path: '/project/tickets', fields: 'id', pageSize: sampleSize };
  const ids = (await firstRows(psa, sample)).map((row) => AnyRow.parse(row).id);
  if (ids.length === 0) return null;
  const conditions = isOneOf('id', ids.map(String));
  const same = { path: '/service/tickets', fields: 'id,recordType', conditions };
  const isService = ({ id, recordType }: z.infer<typeof AnyRow>): boolean =>
    ids.includes(id) && (recordType ?? 'ServiceTicket') === 'ServiceTicket';
  return !(await firstRows(psa, same)).map((row) => AnyRow.parse(row)).some(isService);
}

const Timed = z.object({
  id: Id,
  timeStart: z.string(),
  timeEnd: Text,
  hoursDeduct: Decimal,
  actualHours: Decimal,
});

async function hoursAddUp(psa: Psa, ids: readonly SourceId[]): Promise<boolean | null> {
  if (ids.length === 0) return null;
  const rows = await firstRows(psa, {
    path: readLists.Time.path,
    ...fieldsOf(Timed),
    conditions: isOneOf('company/id', ids.slice(0, sampleSize)),
    pageSize: sampleSize,
  });
  const answers = rows.map((row) => addsUp(row)).filter((answer) => answer !== null);
  return answers.length === 0 ? null : answers.every((answer) => answer);
}

/** To the hundredth of an hour; null for an unreadable entry or one without an end. */
function addsUp(row: unknown): boolean | null {
  const { timeStart, timeEnd, hoursDeduct, actualHours } = Timed.safeParse(row).data ?? {};
  if (timeStart === undefined || !timeEnd || !actualHours) return null;
  try {
    const span = secondsBetween(instantFromText(timeStart), instantFromText(timeEnd));
    const deducted = secondsOf(hoursDeduct ?? '0', 'hours');
    return Math.abs(span - deducted - secondsOf(actualHours, 'hours')) <= 36;
  } catch (error) {
    if (isKindError(error, 'contract') || error instanceof RangeError) return null;
    throw error;
  }
}

interface Probe {
  psa: Psa;
  clientId: SourceId;
  key: string;
  /** Paths of what was written, newest first. */
  written: string[];
}

export function probeConnection(psa: Psa, clientId: SourceId): Promise<CheckResult[]> {
  const probe: Probe = { psa, clientId, key: `probe.${psa.context.now()}`, written: [] };
  const route = psa.config.billing.invoiceRoute;
  const sales = {
    invoice: () => probeProduct(probe, invoiceHolder),
    'ticket-product': () => probeProduct(probe, ticketHolder),
    agreement: () => probeAdjustment(probe),
  };
  const steps: ProbeStep<FactId>[] = [
    { facts: ['conditions-external-xref', 'note-flags'], work: () => probeTicket(probe) },
    fieldStep(psa, facts, 'custom-fields', customFields, clientId),
    { facts: routeFacts[route], work: sales[route] },
  ];
  const fix = 'Delete these by hand in ConnectWise; the API member may lack permission.';
  const removal = { written: probe.written, remove: psa.remove, fix };
  return runProbe(psa, facts, steps, removal, 'ConnectWise');
}

async function probeTicket({ psa, clientId, key, written }: Probe): Promise<void> {
  const { board } = psa.config.alerts;
  const ticket = { key, clientId, board, subject: testSubject, body: testBody };
  const { remoteId: ticketId } = await createTicket(psa, ticket);
  written.unshift(`/service/tickets/${ticketId}`);
  const body = 'Test by prepaid-hours.';
  for (const audience of ['client', 'internal'] as const) {
    const note = { key, clientId, ticketId, audience, body };
    const { remoteId } = await writeNote(psa, note, false);
    written.unshift(`${notesPath(ticketId)}/${remoteId}`);
    // Another note would prove nothing more.
    if ((await facts.readFact(psa.context, 'note-flags')) !== 'yes') return;
  }
}

async function probeProduct(probe: Probe, holder: Holder): Promise<void> {
  const { psa, written } = probe;
  const sale = testSale(psa.context, probe);
  const { remoteId } = await holder.create(psa, sale);
  written.unshift(`${holder.path}/${remoteId}`);
  const { id } = await createLine(psa, sale, holder, remoteId);
  written.unshift(`${linesPath}/${id}`);
}

async function probeAdjustment(probe: Probe): Promise<void> {
  const { psa, clientId, written } = probe;
  const agreement = await topUpAgreement(psa, clientId);
  const before = await readRecap(psa, agreement.id);
  const { remoteId } = await createAdjustment(psa, agreement, testSale(psa.context, probe), 1);
  written.unshift(`${adjustmentsOf(agreement)}/${remoteId}`);
  const after = await readRecap(psa, agreement.id);
  const isRaised = (field: 'adjustmentAmount' | 'remainingAmount'): boolean =>
    secondsOf(after[field] ?? '0', 'hours') - secondsOf(before[field] ?? '0', 'hours') === 3600;
  await facts.verifyFact(psa.context, 'adjustment-hours', isRaised('adjustmentAmount'));
  await facts.verifyFact(psa.context, 'recap-hours', isRaised('remainingAmount'));
}

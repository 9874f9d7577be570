/**
 * How each fact is verified: filters, pages and units by reading; the rest by writing to a test client and reading
 * back. A charge is deleted again; a ticket with its notes cannot be deleted, so it is completed and listed.
 */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { type ErrorKind, isKindError } from '../../src/domain/errors.ts';
import { secondsBetween } from '../../src/domain/time.ts';
import { secondsOf } from '../http/answers/exact.ts';
import { okResult } from '../kit/checking/checks.ts';
import { fieldStep, type ProbeStep, runProbe, testBody, testSale } from '../kit/checking/probe.ts';
import { believeRows, firstPage } from '../kit/reading/lists.ts';
import { type Autotask, type List, listOf, pagesAsTheyCome, RowWithId, where } from './call.ts';
import { Threshold } from './connection.ts';
import { type FactId, facts } from './facts.ts';
import { isAnyVisible } from './lists.ts';
import { ItemWire, isOfCharge } from './pull.ts';
import { closeTicket, companyFields, createTicket, notes } from './push.ts';
import { createCharge, findSalesContract, toCharge } from './sales.ts';
import { TimeEntryWire } from './schema.ts';

/** Enough rows to be conclusive while `check` stays light. */
const sampleSize = 50;

const farFuture = '2999-01-01T00:00:00.000Z';

/** A fact without data to verify it keeps its earlier answer. */
export async function verifyByReading(api: Autotask, hasClients: boolean): Promise<CheckResult[]> {
  const pages = await readTwoPages(api);
  // No invoice has the number 0.
  const ofNoInvoice = [where.isOneOf('invoiceID', ['0']), isOfCharge];
  const answers: { [id in FactId]?: boolean | null } = {
    'change-filters':
      (await isHonoured(api, 'Tickets', 'lastActivityDate')) &&
      (await isHonoured(api, 'TimeEntries', 'lastModifiedDateTime')),
    'tracked-filter': await isHonoured(api, 'Tickets', 'lastTrackedModificationDateTime'),
    'approval-filter': await isHonoured(api, 'TimeEntries', 'billingApprovalDateTime'),
    'invoice-lines': await isEmpty(api, listOf('BillingItems', ItemWire, ...ofNoInvoice)),
    'page-order': pages.isRising,
    'page-count': pages.isCounted,
    'hours-worked': await hoursAddUp(api),
    'threshold-information': await thresholdIsShown(api),
  };
  const results: CheckResult[] = [];
  for (const [id, isTrue] of Object.entries(answers) as [FactId, boolean | null][]) {
    await facts.verifyFact(api.context, id, isTrue);
    const known = await facts.factResult(api.context, id);
    const isOpen = isTrue === null && known.status === 'warning';
    const detail = `No data to verify it with yet: ${facts.rows[id].claim}`;
    results.push(isOpen ? okResult(known.id, detail) : known);
  }
  return hasClients ? [...results, await nonBillableResult(api)] : results;
}

/** False if the vendor refuses with an error of one of these kinds. */
async function unlessRefused(asked: Promise<boolean>, ...kinds: ErrorKind[]): Promise<boolean> {
  try {
    return await asked;
  } catch (error) {
    if (isKindError(error, ...kinds)) return false;
    throw error;
  }
}

/** Nothing has changed in the far future; if the filter is ignored, there are rows. */
function isHonoured(api: Autotask, path: string, field: string): Promise<boolean> {
  return isEmpty(api, { path, filter: [where.since(field, farFuture)], fields: ['id'] });
}

/** A field that cannot be filtered by causes an error. */
function isEmpty(api: Autotask, list: List): Promise<boolean> {
  const first = firstPage(api, { ...list, pageSize: 1 });
  return unlessRefused(
    first.then(({ rows }) => rows.length === 0),
    'contract',
  );
}

/** Two pages of one row each must show two rows, sorted by ID, each counted as one. */
async function readTwoPages(api: Autotask) {
  const ids: number[] = [];
  let isCounted: boolean | null = null;
  const list = { path: 'TimeEntries', filter: [where.everything], fields: ['id'], pageSize: 1 };
  for await (const { rows, pageCount } of pagesAsTheyCome(api, list)) {
    ids.push(...believeRows(list, rows, RowWithId).map(({ id }) => id));
    if (pageCount !== null) isCounted = pageCount === rows.length;
    if (ids.length >= 2 || rows.length === 0) break;
  }
  const [first, second] = ids;
  if (first === undefined || second === undefined) return { isRising: null, isCounted: null };
  return { isRising: second > first, isCounted };
}

const Timed = TimeEntryWire.pick({
  id: true,
  startDateTime: true,
  endDateTime: true,
  hoursWorked: true,
});

/** To the hundredth of an hour; null if no readable entry has a start and an end. */
async function hoursAddUp(api: Autotask): Promise<boolean | null> {
  const isTimed = [where.exists('startDateTime'), where.exists('ticketID')];
  const list = { ...listOf('TimeEntries', Timed, ...isTimed), pageSize: sampleSize };
  const verdicts = (await firstPage(api, list)).rows.flatMap((row) => {
    const { startDateTime: start, endDateTime: end, hoursWorked } = Timed.safeParse(row).data ?? {};
    if (start == null || end == null || hoursWorked === undefined) return [];
    return Math.abs(secondsBetween(start, end) - secondsOf(hoursWorked, 'hours')) <= 36;
  });
  return verdicts.length === 0 ? null : verdicts.every(Boolean);
}

function thresholdIsShown(api: Autotask): Promise<boolean> {
  const asked = api.get('/ThresholdInformation', Threshold).then(() => true);
  return unlessRefused(asked, 'contract', 'rejected', 'permission');
}

/** Autotask silently hides non-billable time from users without permission. */
async function nonBillableResult(api: Autotask): Promise<CheckResult> {
  const id = 'permission.non-billable';
  if (await isAnyVisible(api, 'TimeEntries', where.equals('isNonBillable', true))) {
    return okResult(id, 'Non-billable time can be seen.');
  }
  const detail =
    'Autotask shows no non-billable time: there is none, or the API user may not see it.';
  const fix = 'Give its security level "Can view non-billable time entries" if there is some.';
  return { id, status: 'warning', detail, fix };
}

const testSubject = 'Test by prepaid-hours, to be ignored';

export function probeConnection(api: Autotask, clientId: SourceId): Promise<CheckResult[]> {
  const { config, context, remove } = api;
  const key = `probe.${context.now()}`;
  const written: string[] = [];
  const stays: string[] = [];
  const ticket = async () => {
    const alert = { key, clientId, subject: testSubject, body: testBody };
    const { remoteId: ticketId, label = ticketId } = await createTicket(api, alert);
    try {
      for (const audience of ['client', 'internal'] as const) {
        const note = { key: `${key}.${audience}`, clientId, ticketId, audience, body: testBody };
        await notes.write(api, note);
      }
    } finally {
      const close = await closeTicket(api, ticketId);
      await close();
      stays.push(`ticket ${label}, which is completed: the Autotask API cannot delete it`);
    }
  };
  const charge = async () => {
    const contract = await findSalesContract(api, clientId);
    const wanted = await toCharge(api, contract, testSale(context, { key, clientId }));
    // Not billable, so that nobody approves it meanwhile.
    const { id } = await createCharge(api, { ...wanted, isBillableToCompany: false });
    written.unshift(`/Contracts/${contract.id}/Charges/${id}`);
  };
  const ofTicket = ['ticket-key-kept', 'ticket-key-found', 'note-publish'] as const;
  const steps: ProbeStep<FactId>[] = [
    ...(config.alerts === undefined ? [] : [{ facts: ofTicket, work: ticket }]),
    fieldStep(api, facts, 'company-fields', companyFields, clientId),
    ...(config.billing === undefined ? [] : [{ facts: ['charge-key'] as const, work: charge }]),
  ];
  const fix = 'Delete it by hand in Autotask.';
  return runProbe(api, facts, steps, { written, remove, fix, stays }, 'Autotask');
}

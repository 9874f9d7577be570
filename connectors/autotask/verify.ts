/**
 * How each fact is verified: filters by reading; the rest by writing to a test client and reading back. A charge
 * is deleted again; a ticket with its notes cannot be deleted, so it is completed and listed.
 */
import type { CheckResult } from '../../src/contract/connector.ts';
import { okResult, warningResult } from '../kit/checking/checks.ts';
import { createProbe, fieldStep } from '../kit/checking/probe.ts';
import { firstPage } from '../kit/reading/lists.ts';
import { createKeyed } from '../kit/writing/push.ts';
import { type Autotask, where } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { isAnyVisible } from './lists.ts';
import { alertRecord, closeTicket, companyFields, notes } from './push.ts';
import { createCharge, findSalesContract, toCharge } from './sales.ts';

/** The filters by which changes are requested. */
const changeFilters = [
  ['Tickets', 'lastActivityDate'],
  ['Tickets', 'lastTrackedModificationDateTime'],
  ['TimeEntries', 'lastModifiedDateTime'],
  ['TimeEntries', 'billingApprovalDateTime'],
] as const;

export async function verifyByReading(api: Autotask, hasClients: boolean): Promise<CheckResult[]> {
  let areHonoured = true;
  for (const [path, field] of changeFilters) {
    areHonoured &&= await isFutureEmpty(api, path, field);
  }
  const known = await facts.verifyAll(api.context, { 'change-filters': areHonoured });
  return hasClients ? [...known, await nonBillableResult(api)] : known;
}

/** Nothing has changed in the far future; if the filter is ignored, there are rows. */
async function isFutureEmpty(api: Autotask, path: string, field: string): Promise<boolean> {
  const filter = [where.since(field, '2999-01-01T00:00:00.000Z')];
  return (await firstPage(api, { path, filter, fields: ['id'], pageSize: 1 })).rows.length === 0;
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
  return warningResult(id, detail, fix);
}

export const probeConnection = createProbe<Autotask, FactId>('Autotask', facts, ({ config }) => ({
  ticket: config.alerts !== undefined && {
    facts: ['ticket-key-kept', 'ticket-key-found'],
    create: (api, alert) => createKeyed(api, facts, alertRecord, alert),
    noteFact: 'note-publish',
    writeNote: notes.write,
    close: async (api, ticketId) => (await closeTicket(api, ticketId))(),
  },
  field: (api, clientId) => fieldStep(api, facts, 'company-fields', companyFields, clientId),
  sale: config.billing !== undefined && {
    facts: ['charge-key'],
    async create(api, sale, wrote) {
      const contract = await findSalesContract(api, sale.clientId);
      const charge = await toCharge(api, contract, sale);
      // Not billable, so that nobody approves it meanwhile.
      const { id } = await createCharge(api, sale, { ...charge, isBillableToCompany: false });
      wrote(`/Contracts/${contract.id}/Charges/${id}`);
    },
  },
  fix: 'Delete it by hand in Autotask.',
}));

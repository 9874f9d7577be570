/**
 * How each fact is verified: filters by reading; the rest by writing to a test client and reading back. A charge
 * is deleted again; a ticket with its notes cannot be deleted, so it is completed and listed.
 */
import type { CheckResult } from '../../src/contract/connector.ts';
import { createProbe, fieldStep } from '../kit/checking/probe.ts';
import { createKeyed } from '../kit/writing/push.ts';
import { type Autotask, where } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { isAnyVisible } from './lists.ts';
import { alertRecord, closeTicket, companyFields, notes } from './push.ts';
import { chargeHalf, findSalesContract, toCharge, writeHalf } from './sales.ts';

/** The filters by which changes are requested. */
const changeFilters = [
  ['Tickets', 'lastActivityDate'],
  ['Tickets', 'lastTrackedModificationDateTime'],
  ['TimeEntries', 'lastModifiedDateTime'],
  ['TimeEntries', 'billingApprovalDateTime'],
] as const;

/** Nothing has changed in the far future; if a filter is ignored, there are rows. */
export async function verifyByReading(api: Autotask): Promise<CheckResult[]> {
  let areHonoured = true;
  for (const [path, field] of changeFilters) {
    const isFuture = where.since(field, '2999-01-01T00:00:00.000Z');
    areHonoured &&= !(await isAnyVisible(api, path, isFuture));
  }
  return facts.verifyAll(api.context, { 'change-filters': areHonoured });
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
      // Not billable, so that nobody approves it meanwhile.
      const body = { ...(await toCharge(api, contract, sale)), isBillableToCompany: false };
      const { id } = await writeHalf(api, chargeHalf, sale, body);
      wrote(`/Contracts/${contract.id}/Charges/${id}`);
    },
  },
  fix: 'Delete it by hand in Autotask.',
}));

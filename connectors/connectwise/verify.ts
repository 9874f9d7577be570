/** How facts are verified: conditions by reading; the rest by writing, reading back and removing. */
import type { CheckResult } from '../../src/contract/connector.ts';
import { createProbe } from '../kit/checking/probe.ts';
import { firstPage } from '../kit/reading/lists.ts';
import type { Psa } from './call.ts';
import { type FactId, facts, routeFacts } from './facts.ts';
import { changedSince, isOneOf, type ReadList, readLists } from './lists.ts';
import { createTicket, customFields, notesPath, silentNotes, ticketPath } from './push.ts';
import { createLine, holderOf, linesPath } from './sales.ts';

const nobody = '2147483647';
const farFuture = '2999-01-01T00:00:00.000Z';

export async function verifyByReading(psa: Psa): Promise<CheckResult[]> {
  const future = changedSince(farFuture, psa);
  return facts.verifyAll(psa.context, {
    'conditions-company': await areEmpty(psa, (list) => isOneOf(list.companyField, [nobody])),
    'conditions-last-updated': await areEmpty(psa, () => future),
  });
}

/** Whether every list is empty for conditions that no row can meet. */
async function areEmpty(psa: Psa, conditionsOf: (list: ReadList) => string): Promise<boolean> {
  for (const list of Object.values(readLists)) {
    const conditions = conditionsOf(list);
    const page = { path: list.path, fields: 'id', conditions, pageSize: 1 };
    if ((await firstPage(psa, page)).rows.length > 0) return false;
  }
  return true;
}

export const probeConnection = createProbe<Psa, FactId>('ConnectWise', facts, ({ config }) => ({
  ticket: {
    facts: ['conditions-external-xref'],
    create: (psa, alert) => createTicket(psa, { ...alert, board: config.alerts.board }),
    path: ticketPath,
    noteFact: 'note-flags',
    writeNote: silentNotes.write,
    notePath: (ticketId, noteId) => `${notesPath(ticketId)}/${noteId}`,
  },
  field: customFields,
  sale: {
    facts: routeFacts[config.billing.invoiceRoute],
    async create(psa, sale, wrote) {
      const holder = holderOf(psa);
      const { remoteId } = await holder.create(psa, sale);
      wrote(`${holder.path}/${remoteId}`);
      wrote(`${linesPath}/${(await createLine(psa, sale, remoteId)).id}`);
    },
  },
  fix: 'Delete these by hand in ConnectWise; the API member may lack permission.',
}));

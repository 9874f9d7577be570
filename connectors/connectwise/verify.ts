/**
 * How each fact is verified: conditions and ticket numbers by reading; the rest by writing to a test
 * client, reading back and removing.
 */
import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { createProbe, fieldStep } from '../kit/checking/probe.ts';
import { firstPage } from '../kit/reading/lists.ts';
import type { List, Psa } from './call.ts';
import { type FactId, facts, routeFacts } from './facts.ts';
import { changedSince, isOneOf, type ReadList, readLists } from './lists.ts';
import { createTicket, customFields, notesPath, ticketPath, writeNote } from './push.ts';
import { createLine, holderOf, linesPath } from './sales.ts';
import { Text } from './schema.ts';

/** Enough rows to be conclusive while `check` stays light. */
const sampleSize = 50;

const nobody = '2147483647';
const farFuture = '2999-01-01T00:00:00.000Z';

export async function verifyByReading(psa: Psa): Promise<CheckResult[]> {
  const future = changedSince(farFuture, psa.config);
  return facts.verifyAll(psa.context, {
    'conditions-company': await areEmpty(psa, (list) => isOneOf(list.companyField, [nobody])),
    'conditions-last-updated': await areEmpty(psa, () => future),
    'ticket-numbers': await areNumbersShared(psa),
  });
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

/** No project ticket may have the same number as a service ticket. */
async function areNumbersShared(psa: Psa): Promise<boolean | null> {
  const sample = { path: '/project/tickets', fields: 'id', pageSize: sampleSize };
  const ids = (await firstRows(psa, sample)).map((row) => AnyRow.parse(row).id);
  if (ids.length === 0) return null;
  const conditions = isOneOf('id', ids.map(String));
  const same = { path: '/service/tickets', fields: 'id,recordType', conditions };
  const isService = ({ id, recordType }: z.infer<typeof AnyRow>): boolean =>
    ids.includes(id) && (recordType ?? 'ServiceTicket') === 'ServiceTicket';
  return !(await firstRows(psa, same)).map((row) => AnyRow.parse(row)).some(isService);
}

export const probeConnection = createProbe<Psa, FactId>('ConnectWise', facts, ({ config }) => ({
  ticket: {
    facts: ['conditions-external-xref'],
    create: (psa, alert) => createTicket(psa, { ...alert, board: config.alerts.board }),
    path: ticketPath,
    noteFact: 'note-flags',
    writeNote: (psa, note) => writeNote(psa, note, false),
    notePath: (ticketId, noteId) => `${notesPath(ticketId)}/${noteId}`,
  },
  field: (psa, clientId) => fieldStep(psa, facts, 'custom-fields', customFields, clientId),
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

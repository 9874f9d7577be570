/**
 * The operations, each with the fields used and no more. What SuperOps calls JSON (`client`, `technician`,
 * …) is a leaf: fields selected of it are refused; a contract is an object, and refused without them. https://developer.superops.com/msp
 */
import type { Operation } from './graphql.ts';

function query(name: string, input: string, fields: string): Operation {
  const text = `query ${name}($input: ${input}) { ${name}(input: $input) { ${fields} } }`;
  return { name, kind: 'query', text };
}

function mutation(name: string, input: string, fields: string): Operation {
  const text = `mutation ${name}($input: ${input}) { ${name}(input: $input) { ${fields} } }`;
  return { name, kind: 'mutation', text };
}

function list(name: string, input: string, rows: string, fields: string): Operation {
  return query(name, input, `${rows} { ${fields} } listInfo { hasMore totalCount }`);
}

export const clientList = list('getClientList', 'ListInfoInput!', 'clients', 'accountId name');

const ticketFields = 'ticketId displayId subject ticketType client techGroup status';

export const ticketList = list(
  'getTicketList',
  'ListInfoInput!',
  'tickets',
  `${ticketFields} createdTime updatedTime`,
);

export const oneTicket = query(
  'getTicket',
  'TicketIdentifierInput!',
  `${ticketFields} createdTime updatedTime`,
);

export const noteList = query(
  'getTicketNoteList',
  'TicketIdentifierInput!',
  'noteId content privacyType',
);

const itemFields =
  'itemId billDate status serviceItem client workItem technician qty createdTime updatedTime';

export const itemList = list('getOfferedItems', 'ListInfoInput', 'items', itemFields);

/** For a tenant whose items say so themselves: the documents do not have the field. */
export const billableItemList = list(
  'getOfferedItems',
  'ListInfoInput',
  'items',
  `${itemFields} billable`,
);

export const worklogList = query(
  'getWorklogEntries',
  'GetWorklogEntriesInput!',
  'entries { itemId billable billDateTime }',
);

const invoiceFields =
  'invoiceId displayId client invoiceDate statusEnum totalAmount paymentDate items { details amount }';

export const invoiceList = list('getInvoiceList', 'ListInfoInput!', 'invoices', invoiceFields);

export const oneInvoice = query('getInvoice', 'InvoiceIdentifierInput!', invoiceFields);

export const contractList = list(
  'getClientContractList',
  'ListInfoInput',
  'clientContracts',
  'contractId client contract { contractId name contractType } contractStatus',
);

export const clientFields = query(
  'getClient',
  'ClientIdentifierInput!',
  'accountId name customFields',
);

export const createTicket = mutation(
  'createTicket',
  'CreateTicketInput!',
  'ticketId displayId subject createdTime',
);

export const updateTicket = mutation('updateTicket', 'UpdateTicketInput!', 'ticketId status');

export const createTicketNote = mutation(
  'createTicketNote',
  'CreateTicketNoteInput!',
  'noteId content privacyType',
);

export const createInvoice = mutation('createInvoice', 'CreateInvoiceInput!', invoiceFields);

export const updateClient = mutation('updateClient', 'UpdateClientInput!', 'accountId');

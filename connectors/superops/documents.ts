/**
 * The operations, each with only the fields in use. What SuperOps calls JSON (`client`, `technician`, …) is a leaf:
 * selecting fields of it is refused. A contract is an object, refused without a selection.
 * https://developer.superops.com/msp
 */

/** Members needed, by type of the tenant's schema. */
type Members = Readonly<Record<string, readonly string[]>>;

export interface Operation {
  /** Name of the operation, and of the field that is null if nothing was done. */
  name: string;
  kind: 'query' | 'mutation';
  text: string;
  /** What it needs of the tenant's schema. */
  needs: Members;
}

/** Fields selected of a type, and what they need. */
interface Selection {
  fields: string;
  needs: Members;
}

function selection(type: string, fields: string, inner: Members = {}): Selection {
  return { fields, needs: { ...inner, [type]: fields.replace(/ \{[^}]*\}/g, '').split(' ') } };
}

function query(name: string, input: string, { fields, needs }: Selection): Operation {
  const text = `query ${name}($input: ${input}) { ${name}(input: $input) { ${fields} } }`;
  return { name, kind: 'query', text, needs };
}

function list(name: string, input: string, rows: string, { fields, needs }: Selection): Operation {
  return query(name, input, {
    fields: `${rows} { ${fields} } listInfo { hasMore totalCount }`,
    needs: { ListInfoInput: ['page', 'pageSize', 'sort'], ...needs },
  });
}

/** `sent`: the members of its input. */
function mutation(name: string, sent: string, fields: string, inner: Members = {}): Operation {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const text = `mutation ${name}($input: ${input}!) { ${name}(input: $input) { ${fields} } }`;
  return { name, kind: 'mutation', text, needs: { ...inner, [input]: sent.split(' ') } };
}

const ticketFields =
  'ticketId displayId subject ticketType source client techGroup status createdTime updatedTime';
const itemFields =
  'itemId billDate status serviceItem client workItem technician qty createdTime updatedTime';
const invoiceFields =
  'invoiceId displayId client invoiceDate statusEnum totalAmount paymentDate items { details amount }';
const contractFields = 'contractId client contract { contractId name contractType } contractStatus';
const noteFields = 'noteId content privacyType';

const invoiceItem = { InvoiceItem: ['details', 'amount'] };
const client = selection('Client', 'accountId name');
const clientWithFields = selection('Client', 'accountId name customFields');
const ticket = selection('Ticket', ticketFields);
const note = selection('TicketNote', noteFields);
const item = selection('OfferedItem', itemFields);
const invoice = selection('Invoice', invoiceFields, invoiceItem);
const contract = selection('ClientContract', contractFields);
const worklogs = selection('WorklogEntryList', 'entries { itemId billable billDateTime }');

export const operations = {
  clientList: list('getClientList', 'ListInfoInput!', 'clients', client),
  oneClient: query('getClient', 'ClientIdentifierInput!', clientWithFields),
  ticketList: list('getTicketList', 'ListInfoInput!', 'tickets', ticket),
  oneTicket: query('getTicket', 'TicketIdentifierInput!', ticket),
  noteList: query('getTicketNoteList', 'TicketIdentifierInput!', note),
  itemList: list('getOfferedItems', 'ListInfoInput', 'items', item),
  worklogList: query('getWorklogEntries', 'GetWorklogEntriesInput!', worklogs),
  invoiceList: list('getInvoiceList', 'ListInfoInput!', 'invoices', invoice),
  oneInvoice: query('getInvoice', 'InvoiceIdentifierInput!', invoice),
  contractList: list('getClientContractList', 'ListInfoInput', 'clientContracts', contract),
  createTicket: mutation(
    'createTicket',
    'subject client source status description',
    'ticketId displayId subject createdTime',
  ),
  updateTicket: mutation('updateTicket', 'ticketId status', 'ticketId status'),
  createTicketNote: mutation('createTicketNote', 'ticket content privacyType', noteFields),
  createInvoice: mutation(
    'createInvoice',
    'client statusEnum invoiceDate dueDate addItems title',
    invoiceFields,
    invoiceItem,
  ),
  updateClient: mutation('updateClient', 'accountId customFields', 'accountId'),
};

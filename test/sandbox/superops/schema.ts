/** What a tenant's schema may look like, as far as the sandbox needs it. */
import { parseSdl, type Sdl } from '../../support/graphql-schema.ts';

export function tenantSchema(): Sdl {
  return parseSdl(`
    type Query {
      getClientList(input: ListInfoInput!): ClientList
      getClient(input: ClientIdentifierInput!): Client
      getTicketList(input: ListInfoInput!): TicketList
      getTicket(input: TicketIdentifierInput!): Ticket
      getTicketNoteList(input: TicketIdentifierInput!): [TicketNote]
      getWorklogEntries(input: GetWorklogEntriesInput!): WorklogEntryList
      getOfferedItems(input: ListInfoInput): OfferedItemList
      getInvoiceList(input: ListInfoInput!): InvoiceList
      getInvoice(input: InvoiceIdentifierInput!): Invoice
      getClientContractList(input: ListInfoInput): ClientContractList
    }
    type Mutation {
      createTicket(input: CreateTicketInput!): Ticket
      updateTicket(input: UpdateTicketInput!): Ticket
      createTicketNote(input: CreateTicketNoteInput!): TicketNote
      createInvoice(input: CreateInvoiceInput!): Invoice
      updateClient(input: UpdateClientInput!): Client
    }
    type ListInfo { page: Int pageSize: Int hasMore: Boolean totalCount: Int }
    type ClientList { clients: [Client!] listInfo: ListInfo }
    type TicketList { tickets: [Ticket!] listInfo: ListInfo }
    type OfferedItemList { items: [OfferedItem!] listInfo: ListInfo }
    type WorklogEntryList { entries: [WorklogEntry!] listInfo: ListInfo }
    type InvoiceList { invoices: [Invoice!] listInfo: ListInfo }
    type ClientContractList { clientContracts: [ClientContract!] listInfo: ListInfo }
    type Client { accountId: ID! name: String stage: String status: String customFields: JSON }
    type Ticket {
      ticketId: ID! displayId: String subject: String ticketType: String source: String client: JSON
      techGroup: JSON technician: JSON status: String priority: String createdTime: DateTime updatedTime: DateTime
    }
    type TicketNote { noteId: ID! content: String privacyType: PrivacyType addedOn: DateTime }
    type WorklogEntry {
      itemId: ID! status: String serviceItem: JSON billable: Boolean qty: String
      billDateTime: DateTime technician: JSON workItem: JSON
    }
    type OfferedItem {
      itemId: ID! billDate: DateTime status: String serviceItem: JSON client: JSON workItem: JSON
      technician: JSON qty: String amount: String notes: String createdTime: DateTime
      updatedTime: DateTime
    }
    type Contract { contractId: ID name: String description: String contractType: String }
    type ClientContract { contractId: ID! client: JSON contract: Contract contractStatus: String }
    type InvoiceItem { itemId: ID details: String quantity: String unitPrice: String amount: String }
    type Invoice {
      invoiceId: ID! displayId: String client: JSON invoiceDate: DateTime statusEnum: String
      totalAmount: String paymentDate: DateTime items: [InvoiceItem]
    }
    input RuleConditionInput {
      attribute: String operator: String value: JSON joinOperator: JoinOperator
      operands: [RuleConditionInput]
    }
    input SortInput { attribute: String! order: SortOrder! }
    input ListInfoInput { page: Int pageSize: Int condition: RuleConditionInput sort: [SortInput] }
    input ClientIdentifierInput { accountId: ID! }
    input TicketIdentifierInput { ticketId: ID! }
    input InvoiceIdentifierInput { invoiceId: ID! }
    input GroupRefInput { groupId: ID! }
    input GetWorklogEntriesInput { module: WorkItemModule! listInfo: ListInfoInput }
    input CreateTicketInput {
      subject: String! client: ClientIdentifierInput! source: String status: String
      description: String priority: String techGroup: GroupRefInput
    }
    input UpdateTicketInput { ticketId: ID! status: String }
    input CreateTicketNoteInput {
      ticket: TicketIdentifierInput! content: String! privacyType: PrivacyType!
    }
    input UpdateClientInput { accountId: ID! customFields: JSON }
    input ServiceItemIdentifierInput { itemId: ID! }
    input AddInvoiceItemInput {
      billedDate: DateTime serviceItem: ServiceItemIdentifierInput! details: String quantity: String!
      unitPrice: String! taxable: Boolean
    }
    input CreateInvoiceInput {
      client: ClientIdentifierInput! statusEnum: String! invoiceDate: DateTime! dueDate: DateTime!
      addItems: [AddInvoiceItemInput!] title: String
    }
  `);
}

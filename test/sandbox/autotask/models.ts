/** The fields that each entity has on the wire, and the picklists of one tenant. */

export const models = {
  Companies:
    'companyName companyNumber companyType currencyID createDate isActive lastActivityDate lastTrackedModifiedDateTime parentCompanyID userDefinedFields',
  Tickets:
    'assignedResourceID billingCodeID companyID completedDate contractID createDate description dueDateTime externalID issueType lastActivityDate lastTrackedModificationDateTime monitorID priority purchaseOrderNumber queueID resolvedDateTime rmmAlertID source status subIssueType ticketCategory ticketNumber ticketType title userDefinedFields',
  TicketNotes: 'createDateTime description lastActivityDate noteType publish ticketID title',
  TimeEntries:
    'billingApprovalDateTime billingApprovalLevelMostRecent billingApprovalResourceID billingCodeID contractID createDateTime creatorUserID dateWorked endDateTime hoursToBill hoursWorked internalBillingCodeID internalNotes isNonBillable lastModifiedDateTime lastModifiedUserID offsetHours resourceID roleID showOnInvoice startDateTime summaryNotes taskID ticketID timeEntryType',
  Resources: 'email firstName isActive lastName userName',
  Roles: 'description hourlyFactor hourlyRate isActive name',
  BillingCodes: 'billingCodeType description isActive name unitPrice useType',
  Contracts:
    'companyID contractCategory contractName contractNumber contractType description endDate isDefaultContract startDate status',
  ContractBlocks:
    'contractID datePurchased endDate hourlyRate hours hoursApproved invoiceNumber isPaid paymentNumber paymentType startDate status',
  ContractCharges:
    'billableAmount billingCodeID chargeType contractID createDate datePurchased description internalPurchaseOrderNumber isBillableToCompany isBilled name productID purchaseOrderNumber status unitPrice unitQuantity',
  Invoices:
    'batchID comments companyID createDateTime dueDate invoiceDateTime invoiceNumber invoiceTotal isVoided orderNumber paidDate voidedDate webServiceDate',
  BillingItems:
    'billingCodeID companyID contractChargeID contractID description extendedPrice invoiceID itemDate itemName postedDate quantity rate ticketID timeEntryID totalAmount',
  Tasks: 'projectID title status',
  Projects: 'companyID projectName status',
} as const;

export type Entity = keyof typeof models;

export function isEntity(text: string): text is Entity {
  return text in models;
}

export function fieldsOf(entity: Entity): string[] {
  return ['id', ...models[entity].split(' ')];
}

/** `field: value label, …` by entity; values differ from tenant to tenant. */
export const picklists: { [entity in Entity]?: { [field: string]: [number, string][] } } = {
  Tickets: {
    status: [
      [1, 'New'],
      [5, 'Complete'],
      [8, 'In Progress'],
    ],
    priority: [
      [1, 'High'],
      [2, 'Medium'],
      [3, 'Low'],
    ],
    queueID: [
      [29682833, 'Help Desk'],
      [29683354, 'Billing'],
    ],
    ticketType: [
      [1, 'Service Request'],
      [2, 'Incident'],
    ],
    source: [
      [2, 'Phone'],
      [8, 'Monitoring Alert'],
    ],
  },
  TicketNotes: {
    noteType: [
      [1, 'Task Detail'],
      [3, 'Task Notes'],
    ],
    publish: [
      [1, 'All Autotask Users'],
      [2, 'Internal Project Team'],
    ],
  },
  Contracts: {
    contractType: [
      [1, 'Time & Materials'],
      [4, 'Block Hours'],
      [6, 'Retainer'],
    ],
    status: [
      [0, 'Inactive'],
      [1, 'Active'],
    ],
  },
  ContractBlocks: {
    status: [
      [0, 'Inactive'],
      [1, 'Active'],
    ],
  },
  ContractCharges: {
    chargeType: [
      [1, 'Operational'],
      [2, 'Capitalized'],
    ],
  },
};

export const requiredOnCreate: { [entity in Entity]?: readonly string[] } = {
  Tickets: ['companyID', 'priority', 'status', 'title', 'queueID'],
  TicketNotes: ['ticketID', 'description', 'noteType', 'publish'],
  ContractBlocks: ['contractID', 'datePurchased', 'startDate', 'endDate', 'hours', 'hourlyRate'],
  ContractCharges: ['contractID', 'name', 'datePurchased', 'chargeType', 'unitQuantity'],
};

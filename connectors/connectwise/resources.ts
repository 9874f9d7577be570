/** The lists that are read on every run, and where their permission is given. */
export const resources = [
  {
    id: 'companies',
    path: '/company/companies',
    noun: 'Companies',
    companyField: 'id',
    module: 'Companies > Company Maintenance',
  },
  {
    id: 'service-tickets',
    path: '/service/tickets',
    noun: 'Service tickets',
    companyField: 'company/id',
    module: 'Service Desk > Service Tickets',
  },
  {
    id: 'project-tickets',
    path: '/project/tickets',
    noun: 'Project tickets',
    companyField: 'company/id',
    module: 'Project > Project Tickets',
  },
  {
    id: 'time',
    path: '/time/entries',
    noun: 'Time entries',
    companyField: 'company/id',
    module: 'Time & Expense > Time Entry',
  },
  {
    id: 'invoices',
    path: '/finance/invoices',
    noun: 'Invoices',
    companyField: 'company/id',
    module: 'Finance > Invoicing',
  },
] as const;

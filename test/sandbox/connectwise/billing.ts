/** Invoices, their lines, the catalogue and agreements: what the office does in the PSA. */
import { addExactly, type Fields, referenceTo, wireTime } from './records.ts';
import type { Tables } from './state.ts';

export interface NewInvoice {
  company: number;
  reference?: string;
  type?: string;
  date?: string;
  topComment?: string;
  status?: { name: string; isClosed: boolean };
  at?: string;
}

export interface NewProduct {
  catalogItem: number;
  quantity?: number;
  price?: number;
  invoice?: number;
  ticket?: number;
  company?: number;
  integrationXRef?: string;
  customerDescription?: string;
  at?: string;
}

export function createBilling(tables: Tables, now: () => number) {
  return { ...createInvoices(tables, now), ...createProducts(tables), ...createOffice(tables) };
}

function createInvoices(tables: Tables, now: () => number) {
  const { invoices, products, companies } = tables;
  return {
    addInvoice(invoice: NewInvoice): number {
      const row = invoices.add(
        {
          type: invoice.type ?? 'Miscellaneous',
          company: referenceTo(companies.get(invoice.company), 'identifier', 'name'),
          reference: invoice.reference,
          status: { id: 1, ...(invoice.status ?? { name: 'New', isClosed: false }) },
          date: wireTime(invoice.date ?? now()),
          topComment: invoice.topComment,
          subtotal: 0,
          total: 0,
          salesTax: 0,
          payments: 0,
          credits: 0,
          balance: 0,
          currency: companies.get(invoice.company).currency,
        },
        invoice.at,
      );
      row.invoiceNumber = String(10_000 + row.id);
      return row.id;
    },
    voidInvoice(id: number, at?: string): void {
      invoices.change(id, { status: { id: 4, name: 'Void', isClosed: true } }, at);
    },
    deleteInvoice(id: number): void {
      invoices.remove(id);
    },
    /** All of the balance unless an amount is given. */
    payInvoice(id: number, amount?: number, at?: string): void {
      const row = invoices.get(id);
      const paid = amount ?? Number(row.balance);
      const payments = addExactly(Number(row.payments), paid);
      const balance = addExactly(Number(row.balance), -paid);
      invoices.change(id, { payments, balance }, at);
    },
    /** A credit memo applied to the invoice. */
    creditInvoice(id: number, amount: number, at?: string): void {
      const row = invoices.get(id);
      const credits = addExactly(Number(row.credits), amount);
      const balance = addExactly(Number(row.balance), -amount);
      invoices.change(id, { credits, balance }, at);
    },
    closeInvoice(id: number, statusName = 'Closed', at?: string): void {
      invoices.change(id, { status: { id: 3, name: statusName, isClosed: true } }, at);
    },
    /** For summaries: invoices with their lines. */
    listInvoices() {
      return invoices.list().map((invoice) => ({
        id: invoice.id,
        number: String(invoice.invoiceNumber),
        company: String((invoice.company as Fields).name),
        reference: (invoice.reference as string | undefined) ?? null,
        total: Number(invoice.total),
        balance: Number(invoice.balance),
        text: (invoice.topComment as string | undefined) ?? null,
        lines: products
          .list((product) => (product.invoice as Fields | undefined)?.id === invoice.id)
          .map((product) => ({
            product: String((product.catalogItem as Fields).identifier),
            quantity: Number(product.quantity),
            price: Number(product.price),
            text: String(product.customerDescription ?? product.description),
          })),
      }));
    },
  };
}

function createProducts(tables: Tables) {
  const { invoices, products, catalog, companies, tickets } = tables;
  return {
    /** A product line; on an invoice it raises the total. */
    addProduct(product: NewProduct): number {
      const item = catalog.get(product.catalogItem);
      const ticket = product.ticket === undefined ? null : tickets.get(product.ticket);
      const invoice = product.invoice === undefined ? null : invoices.get(product.invoice);
      const company = ticket?.company ?? invoice?.company;
      const quantity = product.quantity ?? 1;
      const price = product.price ?? Number(item.price ?? 0);
      const extPrice = addExactly(quantity * price);
      const own =
        product.company === undefined
          ? undefined
          : referenceTo(companies.get(product.company), 'identifier', 'name');
      const row = products.add(
        {
          catalogItem: referenceTo(item, 'identifier'),
          description: item.description,
          quantity,
          price,
          extPrice,
          billableOption: 'Billable',
          cancelledFlag: false,
          integrationXRef: product.integrationXRef,
          customerDescription: product.customerDescription,
          company: company ?? own,
          ticket: ticket === null ? undefined : referenceTo(ticket, 'summary'),
          invoice: invoice === null ? undefined : invoiceReference(invoice),
        },
        product.at,
      );
      if (invoice !== null) raise(tables, invoice.id, extPrice, product.at);
      return row.id;
    },
    /** Takes a product away again, off its invoice too. */
    deleteProduct(id: number): void {
      const row = products.get(id);
      const invoice = row.invoice as Fields | undefined;
      if (invoice !== undefined) raise(tables, invoice.id, -Number(row.extPrice), undefined);
      products.rows.delete(id);
    },
  };
}

function createOffice(tables: Tables) {
  const { catalog, agreements, companies } = tables;
  return {
    addCatalogItem(item: { identifier: string; description?: string; price?: number }): number {
      return catalog.add({
        identifier: item.identifier,
        description: item.description ?? item.identifier,
        customerDescription: item.description ?? item.identifier,
        subcategory: { id: 1, name: 'Services' },
        type: { id: 1, name: 'Service' },
        productClass: 'NonInventory',
        price: item.price ?? 0,
        inactiveFlag: false,
      }).id;
    },
    addAgreement(agreement: {
      company: number;
      name: string;
      units?: 'Amount' | 'Hours' | 'Incidents';
      limit?: number;
      status?: 'Active' | 'Cancelled' | 'Expired' | 'Inactive';
      isUnlimited?: boolean;
    }): number {
      return agreements.add({
        name: agreement.name,
        type: { id: 1, name: 'Block time' },
        company: referenceTo(companies.get(agreement.company), 'identifier', 'name'),
        contact: { id: 1, name: 'Office' },
        applicationUnits: agreement.units ?? 'Hours',
        applicationLimit: agreement.limit ?? 0,
        applicationUnlimitedFlag: agreement.isUnlimited ?? false,
        agreementStatus: agreement.status ?? 'Active',
        cancelledFlag: agreement.status === 'Cancelled',
      }).id;
    },
    /** What an agreement holds and how much of it is left. */
    recapAgreement(id: number) {
      const agreement = agreements.get(id);
      const startingAmount = Number(agreement.applicationLimit);
      const hours = tables.timeEntries
        .list((row) => (row.agreement as Fields | undefined)?.id === id)
        .map((row) => Number(row.actualHours));
      const usedAmount = addExactly(...hours);
      return {
        id,
        name: agreement.name,
        agreementStatus: agreement.agreementStatus,
        startingAmount,
        adjustmentAmount: 0,
        availableAmount: startingAmount,
        usedAmount,
        remainingAmount: addExactly(startingAmount, -usedAmount),
      };
    },
  };
}

function invoiceReference(invoice: Fields): { [field: string]: unknown } {
  return { id: invoice.id, identifier: invoice.invoiceNumber, billingType: invoice.type };
}

function raise(tables: Tables, invoiceId: number, amount: number, at: string | undefined): void {
  const row = tables.invoices.get(invoiceId);
  const raised = (field: string) => addExactly(Number(row[field]), amount);
  const fields = {
    subtotal: raised('subtotal'),
    total: raised('total'),
    balance: raised('balance'),
  };
  tables.invoices.change(invoiceId, fields, at);
}

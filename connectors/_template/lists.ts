/** The vendor's lists, and how changes are requested. */
import type { PullRequest } from '../../src/contract/connector.ts';
import type { List } from './call.ts';

export function changedList(path: string, { since, resume }: PullRequest): List {
  return { path, query: { since }, resume };
}

export function ticketsOf(clientId: string, search: string): List {
  return { path: `/clients/${encodeURIComponent(clientId)}/tickets`, query: { search } };
}

export function invoicesOf(clientId: string): List {
  return { path: `/clients/${encodeURIComponent(clientId)}/invoices` };
}

export function notesOf(ticketId: string, search = ''): List {
  return { path: `/tickets/${encodeURIComponent(ticketId)}/notes`, query: { search } };
}

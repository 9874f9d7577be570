/** What the RMM shows beside the month's work: a session that nobody logged, and an hour logged twice. */
import { addDays, addSeconds } from '../../src/domain/time.ts';
import type { NinjaoneSandbox } from '../sandbox/ninjaone/index.ts';
import { clients, technicians } from './cast.ts';
import { isQuiet, type Month } from './month.ts';

export const unloggedClient = 'Riverside Hotel';
export const doubledClient = 'Harbour Dental';
export const unloggedSeconds = 70 * 60;

interface RmmIds {
  organizations: readonly (number | null)[];
  people: readonly number[];
  devices: readonly (number | null)[];
}

export function addEvidence(rmm: NinjaoneSandbox, month: Month, ids: RmmIds): void {
  addUnlogged(rmm, month, ids);
  addDoubled(rmm, month, ids);
}

/** Late in the evening, by somebody who logged nothing for the client around that time. */
function addUnlogged({ state }: NinjaoneSandbox, month: Month, { people, devices }: RmmIds): void {
  const client = clients.findIndex(({ name }) => name === unloggedClient);
  const startedAt = `${addDays(month.today, -2)}T20:30:00.000Z`;
  const [from, to] = [addSeconds(startedAt, -3 * 3600), addSeconds(startedAt, 3 * 3600)];
  const busy = new Set(
    month.tickets
      .filter((ticket) => ticket.client === client)
      .flatMap(({ entries }) => entries)
      .filter(({ start }) => from < start && start < to)
      .map(({ technician }) => technician),
  );
  const free = technicians.findIndex((_, index) => !busy.has(index));
  const deviceId = devices[client];
  const technicianId = people[free];
  if (deviceId == null || technicianId === undefined) throw new Error('Nobody had the time.');
  const endedAt = addSeconds(startedAt, unloggedSeconds);
  state.addSession({ deviceId, technicianId, startedAt, endedAt });
}

/** Work on a ticket of the PSA, logged in the RMM's help desk as well. */
function addDoubled(
  { state }: NinjaoneSandbox,
  month: Month,
  { organizations, people }: RmmIds,
): void {
  const client = clients.findIndex(({ name }) => name === doubledClient);
  const ticket = month.tickets.find((one) => one.client === client && isQuiet(one));
  const entry = ticket?.entries[0];
  if (ticket === undefined || entry === undefined) throw new Error('There is no work to repeat.');
  const { start, minutes, note } = entry;
  const at = addSeconds(start, minutes * 60);
  const organizationId = organizations[client] ?? null;
  const ticketId = state.addTicket({ organizationId, subject: ticket.summary, at: start });
  state.addTime({
    ticketId,
    technicianId: people[entry.technician] ?? 0,
    seconds: minutes * 60,
    startedAt: start,
    at,
    body: note,
    isRemote: true,
    billing: 'BILLABLE',
  });
  state.closeTicket(ticketId, addSeconds(at, 60));
}

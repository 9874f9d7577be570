/** Puts the month into the two sandboxes, as people would have entered it over the weeks. */
import { addSeconds } from '../../src/domain/time.ts';
import type { ConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { type NinjaoneSandbox, startNinjaoneSandbox } from '../sandbox/ninjaone/index.ts';
import { clients, technicians } from './cast.ts';
import { addEvidence } from './evidence.ts';
import type { DemoEntry, DemoTicket, Month, WorkType } from './month.ts';
import type { Past } from './past.ts';
import type { SecondAct } from './second-act.ts';

export const balanceFieldName = 'Prepaid hours left';

export interface Stage {
  psa: ConnectwiseSandbox;
  rmm: NinjaoneSandbox;
  /** Ids by the client's index. */
  companies: readonly number[];
  organizations: readonly (number | null)[];
  tickets: readonly StagedTicket[];
  past: Past | null;
  close(): Promise<void>;
}

export interface StagedTicket {
  ticketId: number;
  entryIds: readonly number[];
}

/** `past`: the year before the month, of the clients with past blocks. */
export async function openStage(month: Month, past: Past | null = null): Promise<Stage> {
  const psa = await startConnectwiseSandbox();
  const rmm = await startNinjaoneSandbox();
  const setUpAt = addSeconds(`${month.firstDay}T00:00:00.000Z`, -420 * 86_400);
  const companies = clients.map(({ name }) => psa.state.addCompany({ name, at: setUpAt }));
  const organizations = clients.map(({ name, rmmTickets }) =>
    rmmTickets === 0 ? null : rmm.state.addOrganization(name),
  );
  psa.state.addCustomField({ caption: balanceFieldName });
  psa.state.addCustomField({ caption: 'Door code' });
  for (const company of companies.slice(0, 3)) {
    psa.state.setCustomField(company, 'Door code', String(4000 + company));
  }
  for (const [identifier, hours, price] of [
    ['BLOCK-20', 20, 2200],
    ['BLOCK-30', 30, 3300],
  ] as const) {
    psa.state.addCatalogItem({ identifier, description: `Block of ${hours} hours`, price });
  }
  const toPsa = psaWriter(psa, companies);
  const people = technicians.map(({ firstName, lastName }) =>
    rmm.state.addTechnician(firstName, lastName),
  );
  const devices = organizations.map((organization, index) =>
    organization === null ? null : rmm.state.addDevice(organization, `SRV-${index + 1}`),
  );
  const toRmm = rmmWriter(rmm, { organizations, people, devices });
  for (const ticket of past?.tickets ?? []) toPsa(ticket);
  const tickets = month.tickets.map((ticket) =>
    ticket.vendor === 'psa' ? toPsa(ticket) : toRmm(ticket),
  );
  addEvidence(rmm, month, { organizations, people, devices });
  return {
    psa,
    rmm,
    companies,
    organizations,
    tickets,
    past,
    async close() {
      await psa.close();
      await rmm.close();
    },
  };
}

function hoursText(minutes: number): string {
  return (minutes / 60).toFixed(2);
}

function endOf({ start, minutes }: DemoEntry): string {
  return addSeconds(start, minutes * 60);
}

function psaWriter({ state }: ConnectwiseSandbox, companies: readonly number[]) {
  const boards = {
    'Help Desk': state.addBoard({ name: 'Help Desk' }),
    Projects: state.addBoard({ name: 'Projects', isProject: true }),
    'Managed Services': state.addBoard({ name: 'Managed Services' }),
  };
  const workTypes = Object.fromEntries(
    ['Remote', 'On-site', 'Maintenance', 'Travel', 'Warranty'].map((name) => [
      name,
      state.addWorkType({ name }),
    ]),
  ) as { [name in WorkType]: number };
  const members = technicians.map(({ firstName, lastName }) =>
    state.addMember({ name: `${firstName} ${lastName}` }),
  );
  return (ticket: DemoTicket): StagedTicket => {
    const ticketId = state.addTicket({
      company: companies[ticket.client] ?? 0,
      board: boards[ticket.board],
      summary: ticket.summary,
      at: ticket.openedAt,
      ...(ticket.board === 'Projects' ? { kind: 'project' as const } : {}),
    });
    const entryIds = ticket.entries.map((entry) => {
      const minutes = entry.minutesAtFirst ?? entry.minutes;
      const id = state.addTime({
        ticket: ticketId,
        member: members[entry.technician] ?? 0,
        workType: workTypes[entry.workType],
        start: entry.start,
        hours: hoursText(minutes),
        notes: entry.note,
        at: endOf({ ...entry, minutes }),
      });
      if (minutes !== entry.minutes) {
        const correctedAt = addSeconds(endOf(entry), 2 * 3600);
        state.editTime(id, { hours: hoursText(entry.minutes) }, correctedAt);
      }
      return id;
    });
    if (ticket.closedAt !== null) state.closeTicket(ticketId, ticket.closedAt);
    if (ticket.reopenedAt !== undefined) state.reopenTicket(ticketId, ticket.reopenedAt);
    return { ticketId, entryIds };
  };
}

/** Every third piece of remote work left a recorded session on one of the client's devices. */
function rmmWriter(
  { state }: NinjaoneSandbox,
  { organizations, people, devices }: Parameters<typeof addEvidence>[2],
) {
  let written = 0;
  return (ticket: DemoTicket): StagedTicket => {
    const ticketId = state.addTicket({
      organizationId: organizations[ticket.client] ?? null,
      subject: ticket.summary,
      at: ticket.openedAt,
    });
    const entryIds = ticket.entries.map((entry) => {
      written += 1;
      const technicianId = people[entry.technician] ?? 0;
      const deviceId = devices[ticket.client] ?? null;
      if (written % 3 === 0 && deviceId !== null) {
        const startedAt = entry.start;
        state.addSession({ deviceId, technicianId, startedAt, endedAt: endOf(entry) });
      }
      return state.addTime({
        ticketId,
        technicianId,
        seconds: entry.minutes * 60,
        startedAt: entry.start,
        at: endOf(entry),
        body: entry.note,
        isRemote: entry.workType === 'Remote',
        billing: 'BILLABLE',
      });
    });
    if (ticket.closedAt !== null) state.closeTicket(ticketId, ticket.closedAt);
    return { ticketId, entryIds };
  };
}

/** The corrections of the second act, entered now. */
export function playSecondAct(stage: Stage, act: SecondAct): void {
  const { state } = stage.psa;
  for (const { ticket, entry, minutes } of act.corrections) {
    const id = stage.tickets[ticket]?.entryIds[entry];
    if (id === undefined) throw new Error('The second act names an entry that is not there.');
    state.editTime(id, { hours: hoursText(minutes) });
  }
  const closed = stage.tickets[act.closes];
  if (closed === undefined) throw new Error('The second act closes a ticket that is not there.');
  state.closeTicket(closed.ticketId);
}

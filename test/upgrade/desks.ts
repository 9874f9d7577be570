/** What technicians do for the story's clients, in each system's own terms; everything happens now, by the clock. */
import type { Systems } from './systems.ts';

export type WorkType = 'Remote' | 'On-site' | 'Travel';

/** What technicians do for one client. */
export interface Desk {
  open(summary: string): number;
  /** Work that ends now. */
  log(ticket: number, minutes: number, workType?: WorkType): number;
  edit(ticket: number, entry: number, minutes: number): void;
  remove(ticket: number, entry: number): void;
  close(ticket: number): void;
  reopen(ticket: number): void;
}

type ClientName =
  | 'dupont'
  | 'harbour'
  | 'northgate'
  | 'lambert'
  | 'lambertSouth'
  | 'orchard'
  | 'riverside'
  | 'bakker'
  | 'janssens';
export type Ids = Record<ClientName, number>;

export interface Clients {
  ids: Ids;
  desks: Record<ClientName, Desk>;
}

/** Enters clients, boards, work types and products into the systems. */
export function openDesks(systems: Systems): Clients {
  const psa = connectwiseDesks(systems);
  const halo = halopsaDesks(systems);
  const syncro = syncroDesks(systems);
  const all = {
    dupont: psa('Dupont Plomberie'),
    harbour: psa('Harbour Dental'),
    northgate: psa('Northgate Logistics'),
    lambert: psa('Groupe Lambert'),
    lambertSouth: psa('Lambert Sud'),
    orchard: halo('Orchard School'),
    riverside: halo('Riverside Hotel'),
    bakker: syncro('Bakker Construction'),
    janssens: syncro('Janssens Transport'),
  };
  const pick = <Part>(part: (one: Served) => Part) =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, part(one)])) as Record<
      ClientName,
      Part
    >;
  return { ids: pick(({ id }) => id), desks: pick(({ desk }) => desk) };
}

interface Served {
  id: number;
  desk: Desk;
}

function minutesAgo(minutes: number): string {
  const endMs = Math.floor(Date.now() / 60_000) * 60_000;
  return new Date(endMs - minutes * 60_000).toISOString();
}

function connectwiseDesks({ connectwise: { state } }: Systems): (name: string) => Served {
  const board = state.addBoard({ name: 'Help Desk' });
  const member = state.addMember({ name: 'Anke Peeters' });
  const workTypes = {
    Remote: state.addWorkType({ name: 'Remote' }),
    'On-site': state.addWorkType({ name: 'On-site' }),
    Travel: state.addWorkType({ name: 'Travel' }),
  };
  state.addCatalogItem({ identifier: 'BLOCK-500', description: 'Block of EUR 500', price: 500 });
  state.addCustomField({ caption: 'Prepaid hours left' });
  return (name) => {
    const company = state.addCompany({ name });
    const desk: Desk = {
      open: (summary) => state.addTicket({ company, board, summary }),
      log: (ticket, minutes, workType = 'Remote') =>
        state.addTime({
          ticket,
          member,
          workType: workTypes[workType],
          start: minutesAgo(minutes),
          hours: (minutes / 60).toFixed(2),
          at: new Date(Date.now()).toISOString(),
        }),
      edit: (_, entry, minutes) => state.editTime(entry, { hours: (minutes / 60).toFixed(2) }),
      remove: (_, entry) => state.deleteTime(entry),
      close: (ticket) => state.closeTicket(ticket),
      reopen: (ticket) => state.reopenTicket(ticket),
    };
    return { id: company, desk };
  };
}

function halopsaDesks({ halopsa: { state } }: Systems): (name: string) => Served {
  const chargeTypes = {
    Remote: 1,
    'On-site': state.addChargeType('On-site'),
    Travel: state.addChargeType('Travel'),
  };
  for (const name of ['BLOCK-10', 'BLOCK-500', 'OVERAGE']) state.addItem(name);
  return (name) => {
    const clientId = state.addClient(name);
    const touch = (ticket: number) => {
      state.ticket(ticket).changedMs = Date.now();
    };
    const desk: Desk = {
      open: (summary) => state.addTicket({ clientId, summary }),
      log: (ticket, minutes, workType = 'Remote') =>
        state.addAction(ticket, {
          seconds: minutes * 60,
          start: minutesAgo(minutes),
          chargeType: chargeTypes[workType],
          at: new Date(Date.now()).toISOString(),
        }),
      edit(ticket, entry, minutes) {
        const action = state.action(ticket, entry);
        const endMs = (action.startMs ?? 0) + minutes * 60_000;
        Object.assign(action, { seconds: minutes * 60, endMs, changedMs: Date.now() });
        touch(ticket);
      },
      remove(ticket, entry) {
        state.deleteAction(ticket, entry);
        touch(ticket);
      },
      close: (ticket) => state.closeTicket(ticket),
      reopen: (ticket) => state.reopenTicket(ticket),
    };
    return { id: clientId, desk };
  };
}

function syncroDesks({ syncro: { state } }: Systems): (name: string) => Served {
  const products = {
    Remote: state.addProduct('Remote', 'Labor'),
    'On-site': state.addProduct('On-site', 'Labor'),
    Travel: state.addProduct('Travel', 'Labor'),
  };
  for (const name of ['BLOCK-10', 'BLOCK-500']) state.addProduct(name);
  return (name) => {
    const customer = state.addCustomer(name);
    const desk: Desk = {
      open: (subject) => state.addTicket(customer, { subject }),
      log(ticket, minutes, workType = 'Remote') {
        const seconds = minutes * 60;
        const productId = products[workType];
        const timer = state.addTimer(ticket, { seconds, start: minutesAgo(minutes), productId });
        state.touch(state.ticket(ticket));
        return timer;
      },
      edit(_, entry, minutes) {
        const end = new Date(Date.parse(state.timer(entry).start) + minutes * 60_000);
        state.editTimer(entry, { activeSeconds: minutes * 60, end: end.toISOString() });
      },
      remove: (_, entry) => state.deleteTimer(entry),
      close: (ticket) => state.setStatus(ticket, 'Resolved'),
      reopen: (ticket) => state.setStatus(ticket, 'In Progress'),
    };
    return { id: customer, desk };
  };
}

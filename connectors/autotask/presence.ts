/**
 * Which time there is now. The logs of deletions are believed at once; the sweep finds what they did
 * not tell: time that moved to another client, and deletions on projects.
 */

import type { Presence, PresenceRequest } from '../../src/contract/connector.ts';
import { addSeconds, type Instant, instantFromMs } from '../../src/domain/time.ts';
import { refuseIfFalse } from './facts.ts';
import { believeRow, proveVisible } from './look-up.ts';
import { startOf } from './mapping.ts';
import { before, companyNumbers, type Filter, since } from './query.ts';
import type { Rooms } from './rooms.ts';
import { TimeEntryWire } from './schema.ts';

const entity = 'TimeEntries';
const PresentWire = TimeEntryWire.pick({
  id: true,
  ticketID: true,
  taskID: true,
  dateWorked: true,
  startDateTime: true,
});

/** Days by which `dateWorked` may lie beside the moment of the start, in any zone. */
const marginSeconds = 2 * 86_400;

export function createPresence(rooms: Rooms): Presence {
  const { api, owners } = rooms;
  /** The last list: time created until when, and how many rows in it nobody asked about. */
  let last = { of: '', asOf: '', others: 0 };
  return {
    async *ids(request) {
      await refuseIfFalse(api.context, 'change-filters');
      const clientIds = companyNumbers(request.clientIds);
      const asOf = addSeconds(instantFromMs(api.context.now()), 1);
      const list = { of: keyOf(request), asOf, others: 0 };
      last = list;
      const filter = filterOf(request, asOf);
      const query = { entity, filter, fields: Object.keys(PresentWire.shape) };
      owners.forget();
      let seen = 0;
      for await (const { rows } of api.pages(query, request.signal)) {
        const wires = rows.map((row) => believeRow(entity, row, PresentWire));
        const ownerOf = await owners.ofEntries(wires, request.signal);
        const ids = wires.flatMap((wire) => {
          const owner = ownerOf.get(wire.id) ?? null;
          const isOurs = owner === null ? isOwned(wire) : clientIds.includes(owner);
          const at = startOf(wire, api.context.timezone);
          return isOurs && isWithin(at, request) ? [wire.id] : [];
        });
        seen += rows.length;
        list.others += rows.length - ids.length;
        yield ids;
      }
      if (seen === 0) await proveVisible(api, entity, request.signal);
    },
    /** The vendor counts all companies' time: what was left out of the list is left out of the count. */
    async count(request) {
      if (last.of !== keyOf(request)) throw new Error('Time is counted after it was listed.');
      return (await api.count(entity, filterOf(request, last.asOf), request.signal)) - last.others;
    },
  };
}

/** Time on a hidden ticket may be a client's; the MSP's own time is on none. */
function isOwned(wire: { ticketID?: unknown; taskID?: unknown }): boolean {
  return wire.ticketID != null || wire.taskID != null;
}

function isWithin(at: Instant | null, { from, to }: PresenceRequest): boolean {
  return at === null || (at >= from && at < to);
}

/** What is logged while the list is read belongs neither to the list nor to the count. */
function filterOf({ from, to }: PresenceRequest, asOf: Instant): Filter[] {
  return [
    since('dateWorked', addSeconds(from, -marginSeconds)),
    before('dateWorked', addSeconds(to, marginSeconds)),
    before('createDateTime', asOf),
  ];
}

function keyOf({ from, to, clientIds }: PresenceRequest): string {
  return [from, to, ...clientIds].join(' ');
}

import type { TicketRow, TimeEntryRow } from '../../connectors/contract.ts';

/**
 * A second engine, slow and simple, that shares no code with the first: it keeps every slice in a
 * plain list and counts worked time minute by minute on the wall clock that `Intl` shows.
 *
 * Its rules: Europe/Paris; due when the ticket is closed; rounded upwards to fifteen minutes per
 * ticket, entry or day; half as dear again outside Monday to Friday, 8 to 18; overage carried, or
 * work that the blocks cannot pay in full held; hours of an ended block lost, or rolled over once.
 */
export interface OracleBlock {
  client: string;
  left: number;
  /** What was left when it ended. */
  ended?: number;
  /** Made of another's hours: these roll over once. */
  isRolled?: boolean;
  expiresOn: string;
  priority: number;
  boughtOn: string;
}

interface Slice {
  block: OracleBlock | null;
  seconds: number;
  order: number;
}

interface Charge {
  client: string;
  inputs: string;
  workedOn: string;
  slices: Slice[];
}

interface Group {
  key: string;
  client: string;
  due: TimeEntryRow[];
  open: TimeEntryRow[];
}

export type Per = 'ticket' | 'entry' | 'day';

export class Oracle {
  readonly #blocks: OracleBlock[] = [];
  readonly #charges = new Map<string, Charge>();
  readonly #pending = new Map<string, number>();
  readonly #per: Per;
  readonly #isHeld: boolean;
  readonly #isRolling: boolean;
  #order = 0;

  constructor(per: Per, overage: 'carry' | 'hold' = 'carry', isRolling = false) {
    this.#per = per;
    this.#isHeld = overage === 'hold';
    this.#isRolling = isRolling;
  }

  buy(block: OracleBlock): void {
    this.#blocks.push({ ...block });
    this.#payOff(block.client);
  }

  /** One run of the service over the vendor's rows as they are now. */
  run(nowMs: number, tickets: readonly TicketRow[], entries: readonly TimeEntryRow[]): void {
    const groups = this.#groupsOf(tickets, entries);
    const due = groups.filter((group) => group.due.length > 0).sort(byFirstWork);
    const inputs = new Map(due.map((group) => [group.key, JSON.stringify(inputsOf(group))]));
    const touched = new Set<string>();
    for (const [key, charge] of this.#charges) {
      if (inputs.get(key) === charge.inputs) continue;
      for (const { block, seconds } of charge.slices) if (block !== null) block.left += seconds;
      this.#charges.delete(key);
      touched.add(charge.client);
    }
    for (const group of due) {
      if (this.#charges.has(group.key)) continue;
      const workedOn = group.due.map((entry) => parisDay(entry.startedAt)).sort()[0] ?? '';
      if (this.#isHeld && costOf(group.due) > this.#payable(group.client, workedOn)) continue;
      this.#takeUpEnded(group.client, workedOn);
      const slices = this.#spend(group.client, costOf(group.due), workedOn);
      const text = inputs.get(group.key) ?? '';
      this.#charges.set(group.key, { client: group.client, inputs: text, workedOn, slices });
      touched.add(group.client);
    }
    for (const client of touched) this.#payOff(client);
    this.#expire(parisDay(new Date(nowMs).toISOString()));
    this.#pending.clear();
    for (const { key, client, due: posted, open } of groups) {
      // Cheap work beside dear work may lower what rounding adds: that is shown once it is posted.
      const added = Math.max(0, costOf([...posted, ...open]) - costOf(posted));
      const held = this.#charges.has(key) ? 0 : costOf(posted);
      this.#pending.set(client, (this.#pending.get(client) ?? 0) + added + held);
    }
  }

  /** What all standing charges of the client come to. */
  charged(client: string): number {
    return [...this.#charges.values()]
      .filter((charge) => charge.client === client)
      .flatMap((charge) => charge.slices)
      .reduce((sum, slice) => sum + slice.seconds, 0);
  }

  balance(client: string) {
    const blocks = this.#blocks.filter((block) => block.client === client);
    return {
      settledSeconds: blocks.reduce((sum, block) => sum + block.left, 0),
      overageSeconds: this.#overageOf(client).reduce((sum, { slice }) => sum + slice.seconds, 0),
      pendingSeconds: this.#pending.get(client) ?? 0,
    };
  }

  #groupsOf(tickets: readonly TicketRow[], entries: readonly TimeEntryRow[]): Group[] {
    const groups = new Map<string, Group>();
    for (const entry of entries) {
      const ticket = tickets.find(({ sourceId }) => sourceId === entry.ticketId);
      const client = ticket?.clientId ?? '';
      const day = `${client} ${parisDay(entry.startedAt)}`;
      const key = { ticket: entry.ticketId ?? '', entry: entry.sourceId, day }[this.#per];
      const group = groups.get(key) ?? { key, client, due: [], open: [] };
      groups.set(key, group);
      (ticket?.isClosed ? group.due : group.open).push(entry);
    }
    return [...groups.values()];
  }

  /** What is left for work of that day, with what ended of it meanwhile. */
  #payable(client: string, workedOn: string): number {
    return this.#blocks
      .filter((block) => block.client === client && workedOn <= block.expiresOn)
      .reduce((sum, { left, ended = 0 }) => sum + left + ended, 0);
  }

  #spend(client: string, seconds: number, workedOn: string): Slice[] {
    const slices: Slice[] = [];
    let left = seconds;
    while (left > 0) {
      const block = this.#nextBlock(client, workedOn);
      const taken = block === null ? left : Math.min(left, block.left);
      if (block !== null) block.left -= taken;
      this.#order += 1;
      slices.push({ block, seconds: taken, order: this.#order });
      left -= taken;
    }
    return slices;
  }

  #nextBlock(client: string, workedOn: string): OracleBlock | null {
    let best: OracleBlock | null = null;
    for (const block of this.#blocks) {
      if (block.client !== client || block.left === 0 || workedOn > block.expiresOn) continue;
      if (best === null || rankOf(block) < rankOf(best)) best = block;
    }
    return best;
  }

  #overageOf(client: string): { charge: Charge; slice: Slice }[] {
    return [...this.#charges.values()]
      .filter((charge) => charge.client === client)
      .flatMap((charge) => charge.slices.map((slice) => ({ charge, slice })))
      .filter(({ slice }) => slice.block === null);
  }

  #payOff(client: string): void {
    const open = this.#overageOf(client).sort(
      (a, b) => a.charge.workedOn.localeCompare(b.charge.workedOn) || a.slice.order - b.slice.order,
    );
    for (const { charge, slice } of open) {
      if (this.#nextBlock(client, charge.workedOn) === null) continue;
      charge.slices.splice(charge.slices.indexOf(slice), 1);
      charge.slices.push(...this.#spend(client, slice.seconds, charge.workedOn));
    }
  }

  #expire(today: string): void {
    const rolling = this.#blocks.filter((block) => {
      return this.#isRolling && !block.isRolled && block.left > 0 && block.expiresOn < today;
    });
    for (const block of rolling) {
      const days = (Date.parse(block.expiresOn) - Date.parse(block.boughtOn)) / dayMs + 1;
      this.#blocks.push({
        ...{ client: block.client, left: block.left, priority: block.priority, isRolled: true },
        boughtOn: dayAfter(block.expiresOn, 1),
        expiresOn: dayAfter(block.expiresOn, days),
      });
      block.left = 0;
    }
    for (const { client } of rolling) this.#payOff(client);
    for (const block of this.#blocks) {
      if (block.expiresOn >= today) continue;
      block.ended = (block.ended ?? 0) + block.left;
      block.left = 0;
    }
  }

  /** Work of a block's own days may use what was left of it, however late it falls due. */
  #takeUpEnded(client: string, workedOn: string): void {
    for (const block of this.#blocks) {
      if (block.client !== client || workedOn > block.expiresOn) continue;
      block.left += block.ended ?? 0;
      block.ended = 0;
    }
  }
}

const dayMs = 86_400_000;

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
}

function rankOf({ priority, expiresOn, boughtOn }: OracleBlock): string {
  return `${String(priority).padStart(3, '0')} ${expiresOn} ${boughtOn}`;
}

function byFirstWork(a: Group, b: Group): number {
  const first = (group: Group) => group.due.map((entry) => entry.startedAt).sort()[0] ?? '';
  return `${first(a)} ${a.key}` < `${first(b)} ${b.key}` ? -1 : 1;
}

function inputsOf({ client, due }: Group): unknown[] {
  const facts = due.map((one) => [one.sourceId, one.ticketId, one.startedAt, one.endedAt]);
  return [client, ...facts.map((fact) => JSON.stringify(fact)).sort()];
}

/** Half seconds, so that ×1.5 stays whole: 2 a second inside business hours, 3 outside. */
function costOf(entries: readonly TimeEntryRow[]): number {
  const minutes = entries.flatMap(minutesOf);
  if (minutes.length === 0) return 0;
  let rounded = 0;
  while (rounded < minutes.length) rounded += 15;
  const weights = minutes.map((minute) => (isBusinessMinute(minute) ? 2 : 3));
  const lowest = Math.min(...weights);
  const worked = weights.reduce((sum: number, weight) => sum + weight, 0);
  return ((worked + (rounded - minutes.length) * lowest) * 60) / 2;
}

function minutesOf({ startedAt, endedAt }: TimeEntryRow): number[] {
  const minutes: number[] = [];
  for (let at = Date.parse(startedAt); at < Date.parse(endedAt); at += 60_000) minutes.push(at);
  return minutes;
}

const wallClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Paris',
  weekday: 'short',
  hour: '2-digit',
  hourCycle: 'h23',
});

function isBusinessMinute(ms: number): boolean {
  const parts = wallClock.formatToParts(ms);
  const weekday = parts.find(({ type }) => type === 'weekday')?.value ?? '';
  const clock = Number(parts.find(({ type }) => type === 'hour')?.value);
  return weekday !== 'Sat' && weekday !== 'Sun' && clock >= 8 && clock < 18;
}

const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' });

function parisDay(instant: string): string {
  return calendar.format(Date.parse(instant));
}

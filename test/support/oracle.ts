import type { TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import {
  canPay,
  canPayAll,
  type Demand,
  move,
  type OracleBlock,
  type Payment,
  partOf,
  planPayment,
  rankOf,
  rollOver,
  type Shares,
} from './oracle-blocks.ts';
import { type Cost, costOf, dayIn } from './oracle-cost.ts';
import {
  byFirstWork,
  type Group,
  groupsOf,
  inputsOf,
  type OracleClient,
  type Reads,
  readsOf,
} from './oracle-work.ts';

interface Slice extends Payment {
  order: number;
  /** What it pays for, with others. */
  demand: Demand;
}

interface Charge {
  client: OracleClient;
  reads: Reads;
  inputs: string;
  cost: Cost;
  slices: Slice[];
}

/**
 * A second engine, slow and simple, that shares no code with the first: it keeps every charge with its
 * slices in a plain list, looks at all work in every run, and knows neither pages nor a ledger.
 * What is charged together is found in `oracle-work`, what it costs in `oracle-cost`, and which block
 * pays in `oracle-blocks`.
 */
export class Oracle {
  /** Two blocks of one rank: their order is the engine's choice, and with it what is left of each. */
  isAmbiguous = false;
  readonly #clients: readonly OracleClient[];
  readonly #shares: Shares;
  readonly #blocks: OracleBlock[] = [];
  readonly #charges = new Map<string, Charge>();
  readonly #pending = new Map<string, number>();
  #order = 0;

  constructor(clients: readonly OracleClient[], shares: Shares) {
    this.#clients = clients;
    this.#shares = shares;
  }

  buy(blocks: readonly OracleBlock[]): void {
    for (const block of blocks) this.#add(block);
    for (const owner of new Set(blocks.map((block) => block.owner))) this.#payOff(owner);
  }

  /** One run of the service over the vendor's rows as they are now. */
  run(nowMs: number, tickets: readonly TicketRow[], entries: readonly TimeEntryRow[]): void {
    const groups = groupsOf(this.#clients, tickets, entries);
    const due = groups.filter((group) => group.due.length > 0).sort(byFirstWork);
    const touched = this.#withdraw(new Map(due.map((group) => [group.key, group])));
    for (const group of due) {
      if (this.#charges.has(group.key)) continue;
      if (this.#charge(group)) touched.add(group.client.owner);
    }
    for (const owner of touched) this.#payOff(owner);
    for (const client of this.#clients) {
      if (client.owner === client.id) this.#endBlocks(client, new Date(nowMs).toISOString());
    }
    this.#pending.clear();
    for (const group of groups) this.#addPending(group);
  }

  /** What all standing charges that the owner pays for come to. */
  charged(owner: string): number {
    return this.#slicesOf(owner).reduce((sum, { slice }) => sum + slice.seconds, 0);
  }

  balance(client: string) {
    const hours = this.blocks(client).filter(({ currency }) => currency === null);
    const overage = this.#slicesOf(client).filter(({ slice }) => slice.block === null);
    return {
      settledSeconds: hours.reduce((sum, { left }) => sum + left, 0),
      overageSeconds: overage.reduce((sum, { slice }) => sum + slice.seconds, 0),
      pendingSeconds: this.#pending.get(client) ?? 0,
    };
  }

  /** What is left is paid back; what was used stays used. */
  voidBlock(block: OracleBlock): void {
    block.isVoid = true;
    block.left = 0;
  }

  blocks(owner: string): OracleBlock[] {
    return this.#blocks.filter((block) => block.owner === owner);
  }

  #add(block: OracleBlock): void {
    const twin = this.blocks(block.owner).find((one) => rankOf(one) === rankOf(block));
    // Hours that rolled over in parts pay as if they were one block, unless each has its shares.
    const areAsOne = twin?.isRolled && block.isRolled && block.currency === null;
    if (twin !== undefined && !(areAsOne && this.#shares.size === 0)) this.isAmbiguous = true;
    this.#blocks.push(block);
  }

  /** Gives back what no longer stands, all of it before anything is charged. Returns whose it was. */
  #withdraw(due: ReadonlyMap<string, Group>): Set<string> {
    const touched = new Set<string>();
    for (const [key, { client, reads, inputs, slices }] of this.#charges) {
      const group = due.get(key);
      if (group !== undefined && inputsOf(group, reads) === inputs) continue;
      for (const slice of slices) move(slice, client.id, -1);
      this.#charges.delete(key);
      touched.add(client.owner);
    }
    return touched;
  }

  /** False: it is held, for the blocks cannot pay all of it. */
  #charge(group: Group): boolean {
    const { key, client, due } = group;
    const cost = costOf(due, client.agreement, client.zone);
    const demands = cost.asked.map((asked) => ({ ...asked, client: client.id, day: cost.day }));
    const blocks = this.blocks(client.owner);
    const overage = this.#clients.find(({ id }) => id === client.owner)?.agreement.overage;
    if (overage === 'hold' && !canPayAll(demands, blocks, this.#shares)) return false;
    takeUpEnded(blocks, demands);
    const slices = demands.flatMap((demand) => this.#spend(client.owner, demand, demand));
    const isLimited = this.blocks(client.owner).some(({ workTypes }) => workTypes !== null);
    const reads = readsOf(client, isLimited);
    this.#charges.set(key, { client, reads, inputs: inputsOf(group, reads), cost, slices });
    return true;
  }

  #spend(owner: string, demand: Demand, whole: Demand): Slice[] {
    return planPayment(demand, this.blocks(owner), this.#shares).map((payment) => {
      move(payment, demand.client, 1);
      this.#order += 1;
      return { ...payment, order: this.#order, demand: whole };
    });
  }

  #slicesOf(owner: string): { charge: Charge; slice: Slice }[] {
    return [...this.#charges.values()]
      .filter(({ client }) => client.owner === owner)
      .flatMap((charge) => charge.slices.map((slice) => ({ charge, slice })));
  }

  /** Hours that have come pay overage, oldest work first. */
  #payOff(owner: string): void {
    const open = this.#slicesOf(owner)
      .filter(({ slice }) => slice.block === null)
      .sort(
        (a, b) =>
          a.charge.cost.day.localeCompare(b.charge.cost.day) || a.slice.order - b.slice.order,
      );
    for (const { charge, slice } of open) {
      const { slices } = charge;
      const { demand: whole, seconds } = slice;
      const price = whole.price && partOf(whole.price, seconds, whole.seconds);
      const demand = { ...whole, seconds, price };
      const plan = planPayment(demand, this.blocks(owner), this.#shares);
      if (plan.every(({ block }) => block === null)) continue;
      slices.splice(slices.indexOf(slice), 1, ...this.#spend(owner, demand, whole));
    }
  }

  #endBlocks({ id, zone, agreement }: OracleClient, now: string): void {
    const today = dayIn(zone, now);
    const isOver = ({ left, expiresOn }: OracleBlock) => left > 0 && expiresOn < today;
    for (const block of this.blocks(id).filter(({ isVoid }) => isVoid)) block.left = 0;
    const over = this.blocks(id).filter(isOver);
    const { rollover } = agreement;
    const rolled = rollover === null ? [] : over.flatMap((one) => rollOver(one, rollover) ?? []);
    for (const block of rolled) this.#add(block);
    over.forEach(end);
    if (rolled.length > 0) this.#payOff(id);
    rolled.filter(isOver).forEach(end);
  }

  #addPending({ key, client, due, open }: Group): void {
    const secondsOf = (entries: readonly TimeEntryRow[]) =>
      costOf(entries, client.agreement, client.zone).seconds;
    // Cheap work beside dear work may lower what rounding adds: that is shown once it is posted.
    const added =
      open.length === 0 ? 0 : Math.max(0, secondsOf([...due, ...open]) - secondsOf(due));
    const held = this.#charges.has(key) ? 0 : secondsOf(due);
    this.#pending.set(client.id, (this.#pending.get(client.id) ?? 0) + added + held);
  }
}

function end(block: OracleBlock): void {
  block.ended += block.left;
  block.left = 0;
}

/** Work of a block's own days may use what was left of it, however late it falls due. */
function takeUpEnded(blocks: readonly OracleBlock[], demands: readonly Demand[]): void {
  for (const block of blocks) {
    if (!demands.some((demand) => canPay(block, demand))) continue;
    block.left += block.ended;
    block.ended = 0;
  }
}

import fc from 'fast-check';
import type {
  Agreement,
  BusinessHours,
  Multiplier,
  Rounding,
} from '../../src/domain/agreements/terms.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from './core-bench.ts';
import { Oracle } from './oracle.ts';
import { addDays, addMonths, type OracleBlock } from './oracle-blocks.ts';
import type { OracleClient } from './oracle-work.ts';

/** What a test is about; all that it does not say is drawn at random. */
export type Kind = 'hours' | 'money' | 'shared' | 'held' | 'rolled over';

export const names = ['Dupont', 'Martin', 'Bernard'] as const;
export const never = '9999-12-31';

/** Changes of the clocks in both directions, on whole and half hours and at midnight; and leap days. */
const changes = [
  '2026-03-29T01:00:00Z', // Paris forward
  '2026-10-25T01:00:00Z', // Paris back
  '2026-03-08T07:00:00Z', // New York forward
  '2026-11-01T06:00:00Z', // New York back
  '2026-04-04T15:00:00Z', // Lord Howe back, by half an hour
  '2026-10-03T15:30:00Z', // Lord Howe forward
  '2026-04-05T03:00:00Z', // Santiago back, at midnight
  '2026-09-06T04:00:00Z', // Santiago forward, at midnight
  '2027-03-01T00:00:00Z', // a year without a 29 February
  '2028-02-29T00:00:00Z',
].map((instant) => Date.parse(instant));

const zones = [
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Santiago',
];

export const workTypes = ['Remote', 'On-site', ' on-SITE', 'Travel', 'Project', null] as const;
export const roles = ['Senior', 'senior ', 'Junior', null] as const;

const office: BusinessHours = {
  name: 'office',
  week: [0, 1, 2, 3, 4, 5, 6].map((day) => {
    const morning = { fromMinute: 480, toMinute: 750 };
    return day < 5 ? [morning, { fromMinute: 795, toMinute: 1080 }] : [];
  }),
  isHoliday: (date) => date.endsWith('-06') || date === '2028-02-29',
};

const notByNight: BusinessHours = {
  name: 'not by night',
  week: [0, 1, 2, 3, 4, 5, 6].map(() => [
    { fromMinute: 0, toMinute: 60 },
    { fromMinute: 360, toMinute: 1440 },
  ]),
  isHoliday: () => false,
};

function rule(fields: Partial<Multiplier>): fc.Arbitrary<Multiplier> {
  const factor = fc.constantFrom(500, 1250, 1333, 1500, 2000);
  const none = { workType: null, role: null, outside: null };
  return factor.map((factorThousandths) => ({ ...none, factorThousandths, ...fields }));
}

const multipliers = fc
  .tuple(
    rule({ outside: office }),
    rule({ outside: notByNight }),
    rule({ workType: 'On-site' }),
    rule({ role: 'SENIOR' }),
  )
  .chain((all) => fc.subarray(all));

const rounding: fc.Arbitrary<Rounding> = fc.record({
  per: fc.constantFrom('ticket', 'entry', 'day'),
  incrementSeconds: fc.constantFrom(1, 60, 360, 900, 1800),
  minimumSeconds: fc.constantFrom(0, 0, 900, 2000),
  graceSeconds: fc.constantFrom(0, 0, 120, 300),
});

const coverage: fc.Arbitrary<Agreement['workTypes']> = fc.constantFrom(
  { covered: [], excluded: [], unlisted: 'covered' },
  { covered: ['Remote', 'On-site'], excluded: ['travel'], unlisted: 'covered' },
  { covered: ['remote', 'On-site', 'Travel'], excluded: [], unlisted: 'excluded' },
);

const rates: fc.Arbitrary<NonNullable<Agreement['rates']>> = fc.record({
  currency: fc.constant('EUR'),
  rateMinor: fc.integer({ min: 5000, max: 15_000 }),
  workTypes: fc.subarray([
    { workType: 'on-site', rateMinor: 14_999 },
    { workType: 'Travel', rateMinor: 3001 },
  ]),
});

/** Figures of a purchase; whether they are hours or money is the world's to say. */
const Purchase = fc.record({
  client: fc.nat(2),
  seconds: fc.integer({ min: 600, max: 40_000 }),
  minor: fc.option(fc.integer({ min: 500, max: 120_000 }), { freq: 2 }),
  currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'USD'),
  priority: fc.nat(2),
  daysAgo: fc.nat(60),
  goodFor: fc.oneof(
    fc.constant(null),
    fc.record({ days: fc.nat(20), months: fc.constantFrom(0, 0, 1, 2, 3) }),
  ),
  workTypes: fc.option(fc.subarray(['On-site', 'REMOTE', 'Travel'], { minLength: 1 }), {
    freq: 2,
  }),
});
export type Purchase = typeof Purchase extends fc.Arbitrary<infer One> ? One : never;
export { Purchase as PurchaseFigures };

export type World = ReturnType<typeof worldOf> extends fc.Arbitrary<infer One> ? One : never;

export function worldOf(kind: Kind) {
  const [hasMoney, isShared] = [kind !== 'hours', kind === 'shared'];
  const terms = fc.record({
    rounding,
    multipliers,
    stackMultipliers: fc.boolean(),
    workTypes: coverage,
    roles: fc.constantFrom(
      { covered: [], excluded: [] },
      { covered: [], excluded: ['junior'] },
      { covered: ['Senior', 'Junior'], excluded: [] },
    ),
    excludedTechnicians: fc.constantFrom([], [], ['ADA']),
    workTypeMinimums: fc.subarray([
      { workType: 'On-site', seconds: 3600 },
      { workType: 'travel', seconds: 1000 },
    ]),
    rates: hasMoney ? fc.option(rates, { freq: 5 }) : fc.constant(null),
    overage: overageOf(kind),
    rollover:
      kind === 'rolled over'
        ? fc.record({
            seconds: fc.constantFrom(null, null, 5000),
            validForMonths: fc.constantFrom(null, 1, 2),
          })
        : fc.constant(null),
  });
  const share = fc.option(
    fc.oneof(
      fc.record({ percent: fc.integer({ min: 5, max: 90 }) }),
      fc.record({ seconds: fc.integer({ min: 600, max: 9000 }) }),
    ),
  );
  const client = fc.record({
    terms,
    share,
    zone: fc.constantFrom(...zones),
    /** Days before the first run, and after it. */
    startsBefore: fc.constantFrom(3, 60, 60, 60),
    endsAfter: fc.constantFrom(null, null, null, 15),
  });
  return fc.record({
    hasMoney: fc.constant(hasMoney),
    changeMs: fc.constantFrom(...changes),
    hoursBefore: fc.integer({ min: 12, max: 96 }),
    clients: fc.tuple(client, client, client),
    /** How many of the others the first one pays for. */
    paidFor: isShared
      ? fc.constantFrom(1, 2)
      : kind === 'hours'
        ? fc.constant(0)
        : fc.constantFrom(0, 1, 2),
    opening: fc.array(Purchase, { minLength: 1, maxLength: 4 }),
  });
}

function overageOf(kind: Kind): fc.Arbitrary<'carry' | 'hold'> {
  if (kind === 'rolled over') return fc.constantFrom('carry', 'carry', 'hold');
  return fc.constant(kind === 'held' ? 'hold' : 'carry');
}

export function startOf({ changeMs, hoursBefore }: World): number {
  return changeMs - hoursBefore * 3_600_000;
}

/** The place of the client that pays for this one. */
export function ownerOf({ paidFor }: World, place: number): number {
  return place <= paidFor ? 0 : place;
}

/** The purchase as the second engine has it. */
export function toBlock(world: World, purchase: Purchase, nowMs: number): OracleBlock {
  const { seconds, minor, currency, priority, daysAgo, goodFor, workTypes: limits } = purchase;
  const isMoney = world.hasMoney && minor !== null;
  const size = isMoney ? minor : seconds;
  // A day that has begun for every client, wherever it is: what begins tomorrow is not usable yet.
  const today = instantFromMs(nowMs - 12 * 3_600_000).slice(0, 10);
  const boughtOn = addDays(today, -daysAgo);
  // In whole months of its own, so that it rolls over for as many.
  const ends = goodFor && (goodFor.months > 0 ? addMonths(boughtOn, goodFor.months) : null);
  const expiresOn = ends === null ? goodFor && addDays(today, goodFor.days) : addDays(ends, -1);
  return {
    owner: String(1 + ownerOf(world, purchase.client)),
    currency: isMoney ? currency : null,
    size,
    left: size,
    priority,
    boughtOn,
    expiresOn: expiresOn ?? never,
    workTypes: limits,
    ended: 0,
    passedOn: 0,
    isRolled: false,
    isVoid: false,
    used: new Map(),
  };
}

/** The same block as a config has it. */
export function toOpening(block: OracleBlock) {
  const { currency, size, priority, boughtOn, expiresOn } = block;
  return openingOf(0, {
    ...(currency === null ? { seconds: size } : { amountMinor: size, rateMinor: 0, currency }),
    priority,
    purchasedOn: boughtOn,
    workTypes: block.workTypes,
    expiresOn: expiresOn === never ? null : expiresOn,
  });
}

/** The clients as a config has them, with the blocks bought so far. */
export function configOf(world: World, blocks: readonly OracleBlock[]) {
  return world.clients.map(({ zone, share }, place) => {
    const isPaid = ownerOf(world, place) !== place;
    const isSharing = place <= world.paidFor && world.paidFor > 0;
    return clientOf({
      name: names[place] ?? '',
      timezone: zone,
      isSharing,
      agreement: agreementIn(world, place),
      startOn: startOnIn(world, place),
      paidBy: isPaid ? { name: names[0] } : null,
      share: isSharing ? share : null,
      sourceIds: new Map([['psa', String(place + 1)]]),
      openingBlocks: blocks.filter(({ owner }) => owner === String(place + 1)).map(toOpening),
    });
  });
}

export async function openWorld(
  world: World,
  blocks: readonly OracleBlock[],
): Promise<{ bench: CoreBench; oracle: Oracle }> {
  const clients = configOf(world, blocks);
  const bench = await CoreBench.open({ isTimePerTicket: true, clients });
  const shares = clients.flatMap(({ share }, place) =>
    share === null ? [] : [[String(place + 1), share] as const],
  );
  const known = clients.map(({ agreement, timezone, startOn }, place): OracleClient => {
    const [id, owner] = [place, ownerOf(world, place)].map((one) => String(one + 1));
    return { id: id ?? '', owner: owner ?? '', agreement, zone: timezone, startOn: startOn ?? '' };
  });
  return { bench, oracle: new Oracle(known, new Map(shares)) };
}

function agreementIn(world: World, place: number): Agreement {
  const client = world.clients[place];
  const until = client?.endsAfter == null ? null : dayOf(world, client.endsAfter);
  return agreementOf({ ...client?.terms, until });
}

function startOnIn(world: World, place: number): string {
  return dayOf(world, -(world.clients[place]?.startsBefore ?? 0));
}

function dayOf(world: World, days: number): string {
  return addDays(instantFromMs(startOf(world)).slice(0, 10), days);
}

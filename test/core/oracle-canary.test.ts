import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Posting } from '../../src/domain/ledger/ledger.ts';
import type { Charge, DebitBatch, Store } from '../../src/store/port.ts';
import { type History, type Step, startHistory } from '../support/oracle-history.ts';
import { steps } from '../support/oracle-limits.ts';
import { type Kind, type World, worldOf } from '../support/oracle-world.ts';

/** A fault as a defect of the engine would leave it: in what a batch writes. */
type Fault = (batch: DebitBatch) => Pick<DebitBatch, 'charges' | 'postings'>;

/** The same seed always, so that a canary either sings or is dead. */
const seed = 20_260_329;

function plant(history: History, fault: Fault): void {
  const { store } = history.bench.app;
  const writeDebits: Store['writeDebits'] = (batch) =>
    store.writeDebits({ ...batch, ...fault(batch) });
  history.bench.app.store = { ...store, writeDebits };
}

function roundedWrongly({ charges, postings }: DebitBatch) {
  // Slice and charge agree, so that only the oracle can tell that a second is missing.
  const shorten = <Row extends Charge | Posting>(row: Row): Row => ({
    ...row,
    seconds: row.seconds - 1,
  });
  const single = new Set(
    charges.map(({ id }) => id).filter((id) => slicesOf(postings, id).length === 1),
  );
  return {
    charges: charges.map((one) => (single.has(one.id) ? shorten(one) : one)),
    postings: postings.map((one) => (isSliceOf(one, single) ? shorten(one) : one)),
  };
}

function sliceDropped({ charges, postings }: DebitBatch) {
  const dropped = new Set(
    charges.map(({ id }) => slicesOf(postings, id)).flatMap((all) => all.slice(1)),
  );
  return { charges, postings: postings.filter((posting) => !dropped.has(posting)) };
}

function reversalForgotten({ charges, postings }: DebitBatch) {
  return { charges, postings: postings.filter(({ reason }) => reason !== 'reversal') };
}

function chargedTwice({ charges, postings }: DebitBatch) {
  const again = postings
    .filter(({ reason }) => reason === 'overage')
    .map((posting) => ({ ...posting, key: `${posting.key}:again` }));
  return { charges, postings: [...postings, ...again] };
}

function slicesOf(postings: readonly Posting[], chargeId: string): Posting[] {
  return postings.filter((one) => one.chargeId === chargeId && one.reason !== 'reversal');
}

function isSliceOf({ chargeId, reason, reverses }: Posting, ids: ReadonlySet<string>): boolean {
  return chargeId !== null && ids.has(chargeId) && reason !== 'reversal' && reverses === null;
}

/** The time is right, and so are all sums of it. */
function oneMinorTooLittle({ charges, postings }: DebitBatch) {
  const isMoney = ({ reason, minor }: Posting) => reason === 'usage' && minor !== null && minor > 1;
  const cheaper = (one: Posting): Posting => ({ ...one, minor: (one.minor ?? 0) - 1 });
  return { charges, postings: postings.map((one) => (isMoney(one) ? cheaper(one) : one)) };
}

/** The balances are right until the share that nobody counts is used up. */
function shareNotCounted({ charges, postings }: DebitBatch) {
  const isOfOther = ({ usedBy, clientId }: Posting) => usedBy !== null && usedBy !== clientId;
  return {
    charges,
    postings: postings.map((one) => (isOfOther(one) ? { ...one, usedBy: one.clientId } : one)),
  };
}

const faults: [string, Kind, Fault][] = [
  ['a second too little on a charge', 'hours', roundedWrongly],
  ['the second slice of a charge dropped', 'hours', sliceDropped],
  ['reversals forgotten', 'hours', reversalForgotten],
  ['overage debited twice', 'hours', chargedTwice],
  ['a minor unit too little off a block of money', 'money', oneMinorTooLittle],
  ['work of a subsidiary that its share does not count', 'shared', shareNotCounted],
];

async function play(world: World, all: readonly Step[], fault: Fault | null): Promise<void> {
  const history = await startHistory(world);
  try {
    if (fault !== null) plant(history, fault);
    for (const one of all) await history.play(one);
    await history.run();
  } finally {
    // `verify` may well find the fault too; here the oracle has to.
    await history.bench.discard();
  }
}

/** The store refuses some of these batches by itself; such a history does not try the oracle. */
function onlyComparisons(error: unknown): never {
  fc.pre(error instanceof Error && 'matcherResult' in error);
  throw error;
}

test.each(faults)('planted in the engine, the oracle catches: %s', async (_name, kind, fault) => {
  const property = fc.asyncProperty(worldOf(kind), steps, (world, all) =>
    play(world, all, fault).catch(onlyComparisons),
  );
  const details = await fc.check(property, { seed, numRuns: 30, endOnFailure: true });
  expect(details.failed).toBe(true);
  expect(details.errorInstance).toHaveProperty('matcherResult.pass', false);
});

test.each([...new Set(faults.map(([, kind]) => kind))])(
  'without a fault the same histories are the oracle’s: %s',
  async (kind) => {
    const property = fc.asyncProperty(worldOf(kind), steps, (world, all) => play(world, all, null));
    await fc.assert(property, { seed, numRuns: 4 });
  },
);

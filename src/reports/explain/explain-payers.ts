import { shareOfBlock } from '../../domain/agreements/shares.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import {
  byBurnOrder,
  findRefusal,
  type Refusal,
  toSpendable,
} from '../../domain/blocks/allocation.ts';
import type { ChargeFacts } from '../../domain/charges/charge-facts.ts';
import type { RuleName } from '../../domain/charges/coverage.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import { findPaidWork, type PaidWork } from '../../domain/ledger/slices.ts';
import { dateInZone } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { Block, BlockBefore, Store } from '../../store/port.ts';
import type { Texts } from '../text/texts.ts';

export type PassedOverReason = Refusal | 'not-begun' | 'ordered';

/** A block earlier in burn order than the one that paid. */
interface PassedOver {
  block: Block;
  reason: PassedOverReason;
}

/** What pays for one work type of a charge, or for all of it. */
export interface PaidPart {
  /** Undefined: the charge has only one; null: work without one. */
  workType: RuleName | undefined;
  /** What each block pays; without a block: overage. */
  shares: { block: Block | null; seconds: number; minor: number | null }[];
  passedOver: PassedOver[];
}

interface PaymentQuestion {
  facts: ChargeFacts;
  /** The charge's current slice of each block. */
  slices: readonly LedgerEntry[];
  /** The blocks of all accounts that the slices are in. */
  blocks: readonly Block[];
  /** The client who was worked for; undefined if no longer configured. */
  client: Client | undefined;
  zone: ZoneName;
}

/** Finds which blocks pay for each work type, and why others do not, as of the time of posting. */
export async function readPayment(store: Store, question: PaymentQuestion): Promise<PaidPart[]> {
  const { facts, slices } = question;
  const rows = await store.readBlocksBefore(slices.map(({ key }) => key));
  const before = Map.groupBy(rows, ({ entryKey }) => entryKey);
  const paid = slices.map((slice) => ({ slice, work: findPaidWork(facts, slices, slice.key) }));
  const toPart = (some: readonly PaidSlice[]): Omit<PaidPart, 'workType'> => ({
    shares: sumShares(some, question),
    passedOver: distinct(
      some.flatMap(({ slice, work }) =>
        findPassedOver(slice, work, before.get(slice.key) ?? [], question),
      ),
    ).filter(({ block }) => !some.some(({ slice }) => slice.blockId === block.id)),
  });
  const byWorkType = Map.groupBy(paid, ({ work }) => JSON.stringify(work.workTypes));
  const parts = [...byWorkType.values()].map((some) => ({
    workType: some[0]?.work.workTypes?.[0],
    ...toPart(some),
  }));
  const isOneAnswer =
    new Set(parts.map(formatAnswerKey)).size === 1 && parts[0]?.shares.length === 1;
  return isOneAnswer || facts.byWorkType === undefined
    ? [{ workType: undefined, ...toPart(paid) }]
    : parts;
}

/** Equal for work types with the same paying and passed-over blocks. */
function formatAnswerKey({ shares, passedOver }: PaidPart): string {
  const payers = shares.map(({ block }) => block?.id ?? null);
  return JSON.stringify([payers, passedOver.map(({ block, reason }) => [block.id, reason])]);
}

interface PaidSlice {
  slice: LedgerEntry;
  work: PaidWork;
}

/** Lists each block once, with the reason for the first part of the work. */
function distinct(found: readonly PassedOver[]): PassedOver[] {
  const ids = found.map(({ block }) => block.id);
  return found.filter(({ block }, place) => ids.indexOf(block.id) === place);
}

function sumShares(
  paid: readonly PaidSlice[],
  { blocks }: Pick<PaymentQuestion, 'blocks'>,
): PaidPart['shares'] {
  const byBlock = Map.groupBy(paid, ({ slice }) => slice.blockId);
  return [...byBlock].map(([blockId, some]) => {
    const block = blocks.find(({ id }) => id === blockId) ?? null;
    if (blockId !== null && block === null) throw new Error(`block ${blockId} is in no account`);
    return some.reduce(
      (sum, { slice }) => ({
        block,
        seconds: sum.seconds + slice.seconds,
        minor: slice.minor === null ? sum.minor : (sum.minor ?? 0) + slice.minor,
      }),
      { block, seconds: 0, minor: null as number | null },
    );
  });
}

function findPassedOver(
  slice: LedgerEntry,
  work: PaidWork,
  before: readonly BlockBefore[],
  { blocks, client, zone }: PaymentQuestion,
): PassedOver[] {
  const demand = { ...work, workedOn: slice.workedOn ?? '', usedBy: slice.usedBy };
  const own = blocks.filter(({ clientId }) => clientId === slice.clientId);
  const known = new Map(before.map((row) => [row.blockId, row]));
  const inOrder = own
    .map((block) => ({ block, held: toHeld(block, known.get(block.id), client) }))
    .sort((a, b) => byBurnOrder(a.held, b.held));
  const payer = inOrder.findIndex(({ block }) => block.id === slice.blockId);
  return inOrder.slice(0, payer === -1 ? undefined : payer).flatMap(({ block, held }) => {
    const isPosted = known.has(block.id);
    const reason = isPosted
      ? findRefusal(held, demand)
      : whyNotThere(block, dateInZone(slice.postedAt, zone));
    return reason === null ? [] : [{ block: { ...block, expiresOn: held.expiresOn }, reason }];
  });
}

function toHeld(block: Block, before: BlockBefore | undefined, client: Client | undefined) {
  const held = toSpendable(block);
  if (before === undefined) return held;
  const { seconds, minor, used, expiresOn, isVoid } = before;
  const limit = client?.share == null ? null : shareOfBlock(client.share, block);
  if (client !== undefined && limit !== null) held.shares.set(client.id, limit - used);
  return {
    ...held,
    expiresOn,
    isActive: !isVoid,
    remainingSeconds: seconds,
    remainingMinor: minor,
  };
}

/** For a block without credit on that day; null: it did not exist yet. */
function whyNotThere({ status, purchasedOn }: Block, day: string): PassedOverReason | null {
  if (status === 'void') return null;
  if (purchasedOn > day) return 'not-begun';
  return status === 'ordered' ? 'ordered' : null;
}

/** `work type “Remote”: 1 h from block b-12 (20 h at $130.00)`, one text per share. */
export function shareTexts({ workType, shares }: PaidPart, texts: Texts): string[] {
  const { explain } = texts;
  return shares.map(({ block, seconds, minor }) => {
    const worked = texts.duration(seconds);
    if (block === null) return labelled(workType, explain.fromOverage(worked), texts);
    const { id, workTypes, currency, amountMinor, rateMinor } = block;
    const limit = workTypes === null ? '' : `, ${explain.limitedTo(workTypes, texts)}`;
    const money = (one: number) => texts.money(one, currency);
    const [what, size] =
      minor === null
        ? [worked, explain.atRate(texts.duration(block.seconds), money(rateMinor))]
        : [explain.forPrice(worked, money(minor)), money(amountMinor ?? 0)];
    return labelled(workType, explain.fromBlock(what, id, `${size}${limit}`), texts);
  });
}

/** This many blocks are named per reason, those last in burn order; the others are counted. */
const namedMax = 3;

/** `Skipped, expired before the work: b-12 (30 June 2026)`, one text per reason. */
export function passedOverTexts({ workType, passedOver }: PaidPart, texts: Texts): string[] {
  return [...Map.groupBy(passedOver, ({ reason }) => reason)].map(([reason, some]) => {
    const names = some.slice(-namedMax).map((one) => nameBlock(one, texts));
    if (some.length > namedMax) names.push(texts.explain.others(some.length - namedMax));
    const text = texts.labelled(texts.explain.passedOver[reason], texts.list(names));
    return labelled(workType, text, texts);
  });
}

function nameBlock({ block, reason }: PassedOver, texts: Texts): string {
  const { id, expiresOn, purchasedOn, workTypes, currency } = block;
  const detail = {
    ended: expiresOn === null ? '' : texts.date(expiresOn),
    'not-begun': texts.date(purchasedOn),
    'work-type': workTypes === null ? '' : texts.explain.limitedTo(workTypes, texts),
    currency,
  } as Partial<Record<PassedOverReason, string>>;
  const told = detail[reason];
  return told === undefined ? id : `${id} (${told})`;
}

function labelled(workType: PaidPart['workType'], text: string, texts: Texts): string {
  if (workType === undefined) return text;
  const { rule, noWorkType } = texts.explain;
  const [name] = [workType].flat();
  return texts.labelled(name == null ? noWorkType : rule('workType', name), text);
}

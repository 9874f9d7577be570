import { formatDuration } from '../domain/duration.ts';
import { type LedgerEntry, type Reason, signedSeconds } from '../domain/ledger.ts';
import type { Client, Locale } from '../domain/terms.ts';
import { addDays, type DateText, startOfDay } from '../domain/time.ts';
import type { Block, Store } from '../store/port.ts';
import { overagePaidNote } from './statement-lines.ts';
import { periodOfMonth } from './statement-period.ts';
import { type Texts, textsIn } from './text/texts.ts';

export interface BalanceRequest {
  client: Client;
  /** The balance is that of the end of this day in the client's zone. */
  on: DateText;
  locale: Locale;
}

/** How a balance came about since the first day of its month, where a statement's opening lies too. */
export interface BalanceExplanation {
  client: string;
  locale: Locale;
  title: string;
  from: DateText;
  on: DateText;
  openingSeconds: number;
  closing: { settledSeconds: number; overageSeconds: number; netSeconds: number };
  /** A part for each block that held or moved hours; the last one, of no block, is overage. */
  parts: BalancePart[];
  steps: { title: string; lines: string[] }[];
}

export interface BalancePart {
  blockId: string | null;
  openingSeconds: number;
  movements: { reason: MovementReason; postings: number; seconds: number }[];
  closingSeconds: number;
}

/** Hours that go from overage to the block that pays it are told apart from work and corrections. */
export type MovementReason = Reason | 'overage-paid';

/**
 * Explains the balance at the end of a day: what each block held when the month began, all that was
 * posted since by its reason, and what that leaves. Throws when the sums do not come to the balance.
 */
export async function explainBalance(
  store: Store,
  { client, on, locale }: BalanceRequest,
): Promise<BalanceExplanation> {
  const zone = client.timezone;
  const { firstOn, from } = periodOfMonth(on.slice(0, 7), zone);
  const to = startOfDay(addDays(on, 1), zone);
  const sums = await store.readBalancesAt(client.id, from, to);
  const opening = new Map(sums.map((row) => [row.blockId, row.openingSeconds]));
  const entries: LedgerEntry[] = [];
  for await (const page of store.streamLedger(client.id, from, to)) entries.push(...page);
  const [ledger] = await store.readLedgers([client.id], { isAllBlocks: true });
  const blocks = new Map((ledger?.blocks ?? []).map((block) => [block.id, block]));
  const parts = toParts(opening, entries, blocks);
  const closing = sumUp(parts);
  refuseUnequal(client, on, total(sums.map((row) => row.closingSeconds)) - closing.netSeconds);
  const texts = textsIn(locale);
  return {
    client: client.name,
    locale,
    title: texts.explain.balanceTitle(client.name, texts.date(on)),
    from: firstOn,
    on,
    openingSeconds: total(parts.map((part) => part.openingSeconds)),
    closing,
    parts,
    steps: toSteps(parts, closing, { blocks, firstOn, texts }),
  };
}

type Sums = ReadonlyMap<string | null, number>;

/** Blocks in the order in which they were bought, overage last. */
function toParts(
  opening: Sums,
  entries: readonly LedgerEntry[],
  blocks: ReadonlyMap<string, Block>,
): BalancePart[] {
  const byBlock = Map.groupBy(entries, (entry) => entry.blockId);
  return [...blocks.keys(), null].flatMap((blockId) => {
    const moved = byBlock.get(blockId) ?? [];
    const openingSeconds = opening.get(blockId) ?? 0;
    if (moved.length === 0 && openingSeconds === 0) return [];
    const movements = [...Map.groupBy(moved, reasonOf)].map(([reason, some]) => ({
      reason,
      postings: some.length,
      seconds: total(some.map(signedSeconds)),
    }));
    const closingSeconds = openingSeconds + total(movements.map(({ seconds }) => seconds));
    return [{ blockId, openingSeconds, movements, closingSeconds }];
  });
}

function reasonOf({ reason, note }: LedgerEntry): MovementReason {
  return note === overagePaidNote ? 'overage-paid' : reason;
}

function sumUp(parts: readonly BalancePart[]): BalanceExplanation['closing'] {
  const closings = (isBlock: boolean) =>
    total(parts.flatMap((one) => ((one.blockId !== null) === isBlock ? one.closingSeconds : [])));
  const settledSeconds = closings(true);
  const overageSeconds = 0 - closings(false);
  return { settledSeconds, overageSeconds, netSeconds: settledSeconds - overageSeconds };
}

function refuseUnequal(client: Client, on: DateText, difference: number): void {
  if (difference === 0) return;
  throw new Error(
    `The balance of ${client.name} on ${on} does not add up: its postings miss ${difference} s.`,
  );
}

function toSteps(
  parts: readonly BalancePart[],
  closing: BalanceExplanation['closing'],
  {
    blocks,
    firstOn,
    texts,
  }: { blocks: ReadonlyMap<string, Block>; firstOn: DateText; texts: Texts },
): BalanceExplanation['steps'] {
  const { statement, explain } = texts;
  const steps = parts.map((part) => {
    const block = blocks.get(part.blockId ?? '');
    // Overage is shown as what was used beyond the blocks, above zero.
    const sign = block === undefined ? -1 : 1;
    const shown = (seconds: number) => formatDuration(sign * seconds);
    const movements = part.movements.map(({ reason, seconds, postings }) => {
      const change = sign * seconds;
      const text = change > 0 ? `+${formatDuration(change)}` : formatDuration(change);
      return texts.labelled(explain.movement(reason), explain.postings(text, postings));
    });
    return {
      title: block === undefined ? statement.overage : blockTitle(block, texts),
      lines: [
        texts.labelled(explain.openingOn(texts.date(firstOn)), shown(part.openingSeconds)),
        ...movements,
        texts.labelled(explain.leftThen, shown(part.closingSeconds)),
      ],
    };
  });
  const lines = [
    texts.labelled(statement.leftInBlocks, formatDuration(closing.settledSeconds)),
    texts.labelled(statement.overage, formatDuration(closing.overageSeconds)),
    texts.labelled(statement.balance, formatDuration(closing.netSeconds)),
  ];
  return [...steps, { title: statement.balance, lines }];
}

function blockTitle(
  { id, seconds, rateMinor, currency, purchasedOn }: Block,
  texts: Texts,
): string {
  const price = texts.statement.perHour(texts.amount(rateMinor, currency));
  return texts.explain.block(id, formatDuration(seconds), price, texts.date(purchasedOn));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

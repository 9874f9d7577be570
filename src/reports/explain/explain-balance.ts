import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import type { Locale } from '../../domain/format.ts';
import { type LedgerEntry, signedMinor, signedSeconds } from '../../domain/ledger/ledger.ts';
import { addDays, type DateText, startOfDay } from '../../domain/time.ts';
import type { Block, BlockSums, Store } from '../../store/port.ts';
import { addUp, overagePaidNote } from '../statement/statement-lines.ts';
import { periodOfMonth } from '../statement/statement-period.ts';
import type { StatementBalance } from '../statement/statement-shape.ts';
import type { MovementReason, Texts } from '../text/texts.ts';
import { textsIn } from '../text/texts.ts';

interface BalanceRequest {
  client: Client;
  /** The balance is as of the end of this day in the client's zone. */
  on: DateText;
  locale: Locale;
}

/** How a balance is made up since the first day of its month, like the statement. */
export interface BalanceExplanation {
  client: string;
  locale: Locale;
  title: string;
  from: DateText;
  on: DateText;
  openingSeconds: number;
  closing: StatementBalance;
  /** One part per block that held or moved hours; the last one, without a block, is overage. */
  parts: BalancePart[];
  steps: { title: string; lines: string[] }[];
}

interface BalancePart {
  blockId: string | null;
  openingSeconds: number;
  movements: { reason: MovementReason; postings: number; seconds: number; minor: number | null }[];
  closingSeconds: number;
  /** For a money block; null: hours. */
  openingMinor: number | null;
  closingMinor: number | null;
}

/**
 * Explains the balance at the end of a day: what each block held at the start of the month,
 * everything posted since by reason, and what is left. Throws if the sums do not add up to the
 * balance.
 */
export async function explainBalance(
  store: Store,
  { client, on, locale }: BalanceRequest,
): Promise<BalanceExplanation> {
  if (client.paidBy !== null) {
    throw new KindError('config', `${client.name} has no balance of its own.`, {
      fix: `See the balance of ${client.paidBy.name}, whose blocks pay for its work.`,
    });
  }
  const zone = client.timezone;
  const { firstOn, from } = periodOfMonth(on.slice(0, 7), zone);
  const to = startOfDay(addDays(on, 1), zone);
  const sums = await store.readBalancesAt(client.id, from, to);
  const opening = new Map(sums.map((row) => [row.blockId, row]));
  const entries: LedgerEntry[] = [];
  for await (const page of store.streamLedger(client.id, from, to)) entries.push(...page);
  const [ledger] = await store.readLedgers([client.id], { isAllBlocks: true });
  const blocks = new Map((ledger?.blocks ?? []).map((block) => [block.id, block]));
  const parts = toParts(opening, entries, blocks);
  const closing = sumUp(parts, blocks);
  refuseUnequal(client, on, total(sums.map((row) => row.closingSeconds)) - closing.netSeconds);
  const texts = textsIn({ locale, durations: client.durations });
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

type Sums = ReadonlyMap<string | null, BlockSums>;

/** Blocks in purchase order, overage last. */
function toParts(
  opening: Sums,
  entries: readonly LedgerEntry[],
  blocks: ReadonlyMap<string, Block>,
): BalancePart[] {
  const byBlock = Map.groupBy(entries, (entry) => entry.blockId);
  return [...blocks.keys(), null].flatMap((blockId) => {
    const moved = byBlock.get(blockId) ?? [];
    const { openingSeconds = 0, openingMinor: minor = null } = opening.get(blockId) ?? {};
    if (moved.length === 0 && openingSeconds === 0 && (minor ?? 0) === 0) return [];
    const isMoney = blockId !== null && blocks.get(blockId)?.amountMinor != null;
    const openingMinor = isMoney ? (minor ?? 0) : null;
    const movements = [...Map.groupBy(moved, reasonOf)].map(([reason, some]) => ({
      reason,
      postings: some.length,
      seconds: total(some.map(signedSeconds)),
      minor: isMoney ? total(some.map(signedMinor)) : null,
    }));
    const closingSeconds = openingSeconds + total(movements.map(({ seconds }) => seconds));
    const closingMinor =
      openingMinor === null
        ? null
        : openingMinor + total(movements.map((movement) => movement.minor ?? 0));
    return [{ blockId, openingSeconds, movements, closingSeconds, openingMinor, closingMinor }];
  });
}

function reasonOf({ reason, note }: LedgerEntry): MovementReason {
  return note === overagePaidNote ? 'overage-paid' : reason;
}

function sumUp(
  parts: readonly BalancePart[],
  blocks: ReadonlyMap<string, Block>,
): StatementBalance {
  const closings = (isBlock: boolean) =>
    total(parts.flatMap((one) => ((one.blockId !== null) === isBlock ? one.closingSeconds : [])));
  const settledSeconds = closings(true);
  const overageSeconds = 0 - closings(false);
  const amounts = parts.flatMap(({ blockId, closingMinor }) => {
    const currency = blocks.get(blockId ?? '')?.currency;
    return closingMinor === null || currency === undefined ? [] : { currency, closingMinor };
  });
  const money = addUp(amounts, ({ closingMinor }) => closingMinor);
  return { settledSeconds, overageSeconds, netSeconds: settledSeconds - overageSeconds, money };
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
    // Overage is shown as a positive number of hours used beyond the blocks.
    const sign = block === undefined ? -1 : 1;
    const shown = (seconds: number, minor: number | null) =>
      minor === null || block === undefined
        ? texts.duration(sign * seconds)
        : texts.money(minor, block.currency);
    const movements = part.movements.map(({ reason, seconds, minor, postings }) => {
      const isUp = minor === null ? sign * seconds > 0 : minor > 0;
      const text = `${isUp ? '+' : ''}${shown(seconds, minor)}`;
      return texts.labelled(explain.movement(reason), explain.postings(text, postings));
    });
    return {
      title: block === undefined ? statement.overage : blockTitle(block, texts),
      lines: [
        texts.labelled(
          explain.openingOn(texts.date(firstOn)),
          shown(part.openingSeconds, part.openingMinor),
        ),
        ...movements,
        texts.labelled(explain.leftThen, shown(part.closingSeconds, part.closingMinor)),
      ],
    };
  });
  const lines = [
    texts.labelled(statement.leftInBlocks, texts.duration(closing.settledSeconds)),
    texts.labelled(statement.overage, texts.duration(closing.overageSeconds)),
    texts.labelled(statement.balance, texts.duration(closing.netSeconds)),
    ...closing.money.map(({ minor, currency }) =>
      texts.labelled(statement.moneyLeft, texts.money(minor, currency)),
    ),
  ];
  return [...steps, { title: statement.balance, lines }];
}

function blockTitle(
  { id, seconds, amountMinor, rateMinor, currency, purchasedOn }: Block,
  texts: Texts,
): string {
  const boughtOn = texts.date(purchasedOn);
  if (amountMinor !== null) {
    return texts.explain.moneyBlock(id, texts.money(amountMinor, currency), boughtOn);
  }
  const price = texts.statement.perHour(texts.money(rateMinor, currency));
  return texts.explain.block(id, texts.duration(seconds), price, boughtOn);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

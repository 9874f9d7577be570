import { sellsBlock } from '../../../domain/agreements/terms.ts';
import { priceOf } from '../../../domain/money.ts';
import type { PageWords } from '../../text/page-words.ts';
import type { Texts } from '../../text/texts.ts';
import type { OpenWork, Outlook } from '../outlook.ts';
import { rateText } from '../statement-cells.ts';
import { sizeText, titleOf } from './work-groups.ts';

interface OpenRow {
  title: string;
  by: string;
  worked: string;
  charged: string;
}

/** What the page says of the days to come. */
export interface OutlookView {
  open: {
    rows: OpenRow[];
    total: string;
    after: string;
  } | null;
  cards: { title: string; text: string }[];
}

export function toOutlookView(
  outlook: Outlook,
  texts: Texts,
  words: PageWords,
  rowsMax = Number.POSITIVE_INFINITY,
): OutlookView {
  const { open, openSeconds, projectedSeconds } = outlook;
  const after =
    projectedSeconds < 0
      ? words.overAfter(texts.duration(-projectedSeconds))
      : words.leftAfter(texts.duration(projectedSeconds));
  return {
    open:
      open.length === 0
        ? null
        : {
            rows: toOpenRows(open, texts, words, rowsMax),
            total: texts.duration(openSeconds),
            after,
          },
    cards: [
      ...runOutCard(outlook, texts, words),
      ...nextCard(outlook, texts, words),
      ...savingCard(outlook, texts, words),
    ],
  };
}

/** Those that take the most; the rest is summed up in a last row. */
function toOpenRows(
  open: readonly OpenWork[],
  texts: Texts,
  { current }: PageWords,
  rowsMax: number,
): OpenRow[] {
  if (open.length <= rowsMax) return open.map((work) => toOpenRow(work, texts));
  const sorted = open.toSorted((a, b) => b.pendingSeconds - a.pendingSeconds);
  const rest = sorted.slice(rowsMax);
  const sum = (secondsOf: (work: OpenWork) => number) =>
    texts.duration(rest.reduce((total, work) => total + secondsOf(work), 0));
  return [
    ...sorted.slice(0, rowsMax).map((work) => toOpenRow(work, texts)),
    {
      title: current.moreTickets(rest.length),
      by: '',
      worked: sum(({ workedSeconds }) => workedSeconds),
      charged: sum(({ pendingSeconds }) => pendingSeconds),
    },
  ];
}

function toOpenRow(work: OpenWork, texts: Texts): OpenRow {
  const ticketNumbers = work.ticketNumber === null ? [] : [work.ticketNumber];
  return {
    title: titleOf({ ticketNumbers, summary: work.summary }, texts),
    by: work.technicians.join(', '),
    worked: texts.duration(work.workedSeconds),
    charged: texts.duration(work.pendingSeconds),
  };
}

type Cards = OutlookView['cards'];

function runOutCard({ runOut, asOf }: Outlook, texts: Texts, words: PageWords): Cards {
  // A client without hours left has read so at the top.
  if (runOut === null || runOut.latestOn === asOf) return [];
  const { earliestOn, latestOn } = runOut;
  const text =
    latestOn === null
      ? words.runOutFrom(texts.date(earliestOn))
      : words.runOut(texts.date(earliestOn), texts.date(latestOn));
  return [{ title: words.runOutTitle, text }];
}

function nextCard({ next }: Outlook, texts: Texts, words: PageWords): Cards {
  if (next === null) return [];
  const { offer, rule } = next;
  const minor = offer.amountMinor ?? priceOf(offer.seconds, offer.rateMinor);
  const rate = offer.amountMinor === null ? rateText(offer, texts) : null;
  const size = words.offer(sizeText(offer, texts), rate, texts.money(minor, offer.currency));
  const { when } = rule;
  const level =
    'secondsLeft' in when
      ? words.levelHours(texts.duration(when.secondsLeft))
      : 'percentLeft' in when
        ? words.levelPercent(when.percentLeft)
        : null;
  const text = sellsBlock(rule) ? words.nextInvoice(level, size) : words.nextOffer(size);
  return [{ title: words.nextTitle, text }];
}

function savingCard({ saving }: Outlook, texts: Texts, words: PageWords): Cards {
  if (saving === null) return [];
  const { offer, boughtSeconds, minor } = saving;
  const text = words.saving(
    texts.duration(boughtSeconds),
    texts.money(minor, offer.currency),
    sizeText(offer, texts),
    rateText(offer, texts),
  );
  return [{ title: words.savingTitle, text }];
}

import { type Format, type FormatOptions, formatIn } from '../../domain/format.ts';
import { sum } from '../../domain/statistics.ts';
import { dateInZone } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import { type Paper, type PaperTable, toTable } from '../page/paper.ts';
import { type BridgeWords, bridgeWordsIn } from '../text/bridge-words.ts';
import type { BridgeReport, ClientBridge } from './bridge.ts';
import type { OfferComparison } from './offers.ts';

/** `hasDetail`: with each client's months and prices. */
export function bridgeToPaper(
  { asOf, clients }: BridgeReport,
  reader: FormatOptions & { timezone: ZoneName },
  hasDetail: boolean,
): Paper {
  const words = bridgeWordsIn(reader.locale);
  const format = formatIn(reader);
  const details = clients.filter(({ offers }) => offers.length > 0);
  const calculated = Math.max(0, ...clients.map(({ calculatedMonths }) => calculatedMonths));
  return {
    locale: reader.locale,
    title: words.title,
    subtitle: words.subtitle(format.date(dateInZone(asOf, reader.timezone))),
    notice: null,
    headlines: [],
    tables: [
      toOverview(clients, words, format),
      ...(hasDetail ? details.flatMap((one) => toDetails(one, words, format)) : []),
    ],
    notes: [
      ...(hasDetail ? [] : [words.moreOf]),
      ...(calculated > 0 ? [words.calculated(calculated)] : []),
      ...words.notes,
    ],
  };
}

function toOverview(
  clients: readonly ClientBridge[],
  words: BridgeWords,
  format: Format,
): PaperTable {
  const { columns, verdicts, range } = words;
  const hasReactive = clients.some(({ reactivePercent }) => reactivePercent !== null);
  const percent = (value: number | null) => (value === null ? '' : `${value}\u00a0%`);
  const hours = (seconds: number) => format.duration(Math.round(seconds / 60) * 60);
  const cost = ({ months, currency }: ClientBridge) => {
    if (months.length === 0) return '';
    const mean = sum(months.map(({ costMinor }) => costMinor)) / months.length;
    return format.money(Math.round(mean), currency);
  };
  return toTable({}, clients, [
    [columns.client, 'what', ({ client }) => client],
    [columns.months, 'figure', ({ months }) => String(months.length)],
    [columns.median, 'figure', ({ spread }) => (spread === null ? '' : hours(spread.median))],
    [
      columns.half,
      'figure',
      ({ spread }) => (spread === null ? '' : range(hours(spread.lower), hours(spread.upper))),
    ],
    [columns.afterHours, 'figure', ({ afterHoursPercent }) => percent(afterHoursPercent)],
    hasReactive
      ? [columns.reactive, 'figure', ({ reactivePercent }) => percent(reactivePercent)]
      : null,
    [columns.now, 'main', cost],
    [columns.verdict, 'text', ({ verdict }) => verdicts[verdict]],
  ]);
}

function toDetails(one: ClientBridge, words: BridgeWords, format: Format): PaperTable[] {
  const { columns, byMonth, atPrice } = words;
  const money = (minor: number | null) => (minor === null ? '' : format.money(minor, one.currency));
  const pair = (now: number | null, flat: number | null) => `${money(now)} → ${money(flat)}`;
  const best = ({ month, minor }: OfferComparison['bestForMsp']) => [
    money(minor),
    format.month(month),
  ];
  const even = ({ breakEvenMinor, breakEvenSeconds: seconds }: OfferComparison) => [
    money(breakEvenMinor),
    ...(seconds === null ? [] : [format.duration(Math.round(seconds / 60) * 60)]),
  ];
  return [
    toTable({ heading: one.client, caption: byMonth }, one.months, [
      [columns.month, 'what', ({ month }) => format.month(month)],
      [columns.used, 'figure', ({ usedSeconds }) => format.duration(usedSeconds)],
      [columns.worked, 'figure', ({ workedSeconds }) => format.duration(workedSeconds)],
      [columns.cost, 'main', ({ costMinor }) => money(costMinor)],
    ]),
    toTable({ caption: atPrice }, one.offers, [
      [
        columns.price,
        'what',
        (offer) => [money(offer.priceMinor), ...describe(offer, words, format)],
      ],
      [columns.cost, 'figure', ({ nowMinor }) => money(nowMinor)],
      [columns.flat, 'main', ({ flatMinor }) => money(flatMinor)],
      [columns.perHour, 'figure', (offer) => pair(offer.nowRateMinor, offer.flatRateMinor)],
      one.offers.some(({ flatMarginMinor }) => flatMarginMinor !== null)
        ? [columns.margin, 'figure', (offer) => pair(offer.nowMarginMinor, offer.flatMarginMinor)]
        : null,
      [columns.bestClient, 'figure', ({ bestForClient }) => best(bestForClient)],
      [columns.bestMsp, 'figure', ({ bestForMsp }) => best(bestForMsp)],
      [columns.even, 'figure', even],
    ]),
  ];
}

function describe(
  { origin, includedSeconds }: OfferComparison,
  { origins, included }: BridgeWords,
  format: Format,
): string[] {
  const limit = includedSeconds === null ? '' : included(format.duration(includedSeconds));
  return [origins[origin], limit].filter((text) => text !== '');
}

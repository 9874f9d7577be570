import { type Format, type FormatOptions, formatIn } from '../../domain/format.ts';
import { dateInZone } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { Cell } from '../format/table-cells.ts';
import type { Paper, PaperTable } from '../leaks/paper.ts';
import { type BridgeWords, bridgeWordsIn } from '../text/bridge-words.ts';
import { pageWordsIn } from '../text/page-words.ts';
import type { BridgeReport, ClientBridge } from './bridge.ts';
import type { OfferComparison } from './offers.ts';
import { sum } from './spread.ts';

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
    notes: [...(calculated > 0 ? [words.calculated(calculated)] : []), ...words.notes],
    page: pageWordsIn(reader.locale).pageNumber,
  };
}

function toOverview(
  clients: readonly ClientBridge[],
  words: BridgeWords,
  format: Format,
): PaperTable {
  const { columns, verdicts, range } = words;
  const hasReactive = clients.some(({ reactivePercent }) => reactivePercent !== null);
  const percent = (value: number | null): Cell => [value === null ? '' : `${value}\u00a0%`];
  return {
    ...{ heading: null, caption: null, foot: [] },
    columns: [
      { title: columns.client, place: 'what' },
      { title: columns.months, place: 'worked', isFigure: true },
      { title: columns.median, place: 'price', isFigure: true },
      { title: columns.half, place: 'price', isFigure: true },
      { title: columns.afterHours, place: 'price', isFigure: true },
      ...(hasReactive
        ? [{ title: columns.reactive, place: 'price', isFigure: true } as const]
        : []),
      { title: columns.now, place: 'main', isFigure: true },
      { title: columns.verdict, place: 'date' },
    ],
    rows: clients.map((one): Cell[] => {
      const { spread, months, currency } = one;
      const hours = (seconds: number) => format.duration(Math.round(seconds / 60) * 60);
      const cost = months.length === 0 ? 0 : sum(months.map((m) => m.costMinor)) / months.length;
      return [
        [one.client],
        [String(months.length)],
        [spread === null ? '' : hours(spread.median)],
        [spread === null ? '' : range(hours(spread.lower), hours(spread.upper))],
        percent(one.afterHoursPercent),
        ...(hasReactive ? [percent(one.reactivePercent)] : []),
        [months.length === 0 ? '' : format.money(Math.round(cost), currency)],
        [verdicts[one.verdict] ?? one.verdict],
      ];
    }),
  };
}

function toDetails(one: ClientBridge, words: BridgeWords, format: Format): PaperTable[] {
  const { columns, byMonth, atPrice } = words;
  const money = (minor: number | null) => (minor === null ? '' : format.money(minor, one.currency));
  const hasMargin = one.offers.some(({ flatMarginMinor }) => flatMarginMinor !== null);
  const pair = (now: number | null, flat: number | null): Cell => [
    `${money(now)} → ${money(flat)}`,
  ];
  const best = ({ month, minor }: OfferComparison['bestForMsp']): Cell => [
    money(minor),
    format.month(month),
  ];
  return [
    {
      ...{ heading: one.client, caption: byMonth, foot: [] },
      columns: [
        { title: columns.month, place: 'what' },
        { title: columns.used, place: 'price', isFigure: true },
        { title: columns.worked, place: 'worked', isFigure: true },
        { title: columns.cost, place: 'main', isFigure: true },
      ],
      rows: one.months.map(({ month, usedSeconds, workedSeconds, costMinor }): Cell[] => [
        [format.month(month)],
        [format.duration(usedSeconds)],
        [format.duration(workedSeconds)],
        [money(costMinor)],
      ]),
    },
    {
      ...{ heading: null, caption: atPrice, foot: [] },
      columns: [
        { title: columns.price, place: 'what' },
        { title: columns.client12, place: 'price', isFigure: true },
        { title: columns.flat, place: 'main', isFigure: true },
        { title: columns.perHour, place: 'worked', isFigure: true },
        ...(hasMargin ? [{ title: columns.margin, place: 'worked', isFigure: true } as const] : []),
        { title: columns.bestClient, place: 'worked', isFigure: true },
        { title: columns.bestMsp, place: 'worked', isFigure: true },
        { title: columns.even, place: 'worked', isFigure: true },
      ],
      rows: one.offers.map((offer): Cell[] => [
        [money(offer.priceMinor), ...describe(offer, words, format)],
        [money(offer.nowMinor)],
        [money(offer.flatMinor)],
        pair(offer.nowRateMinor, offer.flatRateMinor),
        ...(hasMargin ? [pair(offer.nowMarginMinor, offer.flatMarginMinor)] : []),
        best(offer.bestForClient),
        best(offer.bestForMsp),
        [
          money(offer.breakEvenMinor),
          ...(offer.breakEvenSeconds === null
            ? []
            : [format.duration(Math.round(offer.breakEvenSeconds / 60) * 60)]),
        ],
      ]),
    },
  ];
}

function describe(
  { origin, includedSeconds }: OfferComparison,
  { origins, included }: BridgeWords,
  format: Format,
): string[] {
  const limit = includedSeconds === null ? '' : included(format.duration(includedSeconds));
  return [origins[origin] ?? '', limit].filter((text) => text !== '');
}

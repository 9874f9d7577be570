import { describe, expect, test } from '@jest/globals';
import type { ZodType } from 'zod';
import {
  DecimalText,
  EpochMs,
  EpochSeconds,
  Id,
  WireInstant,
} from '../../../connectors/http/answers/wire.ts';

type Case = [string, ZodType, unknown, string];

const believed: Case[] = [
  ['an id that is a number', Id, 42, '42'],
  ['an id that is text', Id, '1152921504606846976', '1152921504606846976'],
  ['a whole number', DecimalText, 2, '2'],
  ['a decimal as text', DecimalText, '1.250', '1.250'],
  ['a decimal as a number', DecimalText, 0.25, '0.25'],
  ['a negative decimal', DecimalText, '-0.5', '-0.5'],
  ['an exponent that makes it small', DecimalText, '1e-2', '0.01'],
  ['an exponent that makes it smaller still', DecimalText, '12.5e-4', '0.00125'],
  ['an exponent that makes it large', DecimalText, '-1.5E+3', '-1500'],
  ['an exponent within the digits', DecimalText, '1.2345e2', '123.45'],
  ['a timestamp in UTC', WireInstant, '2026-03-02T09:00:00Z', '2026-03-02T09:00:00.000Z'],
  [
    'a timestamp with an offset',
    WireInstant,
    '2026-03-02T09:00:00.5+01:00',
    '2026-03-02T08:00:00.500Z',
  ],
  ['whole seconds', EpochSeconds, 1772442000, '2026-03-02T09:00:00.000Z'],
  ['seconds with a fraction', EpochSeconds, '1772442000.1239', '2026-03-02T09:00:00.123Z'],
  ['seconds with a short fraction', EpochSeconds, '1772442000.5', '2026-03-02T09:00:00.500Z'],
  ['milliseconds', EpochMs, 1772442000123, '2026-03-02T09:00:00.123Z'],
];

const refused: [string, ZodType, unknown][] = [
  ['an empty id', Id, ' '],
  ['an id that is an object', Id, {}],
  ['text that is not a decimal', DecimalText, '1,25'],
  ['an empty decimal', DecimalText, ''],
  ['no decimal at all', DecimalText, null],
  ['a number without end', DecimalText, Number.POSITIVE_INFINITY],
  ['a timestamp without a zone', WireInstant, '2026-03-02T09:00:00'],
  ['a day', WireInstant, '2026-03-02'],
  ['milliseconds taken for seconds', EpochSeconds, 1772442000123],
  ['seconds before the epoch', EpochSeconds, -1],
  ['text taken for milliseconds', EpochMs, 'soon'],
];

describe('a piece of the wire', () => {
  test.each(believed)('is believed: %s', (_name, piece, value, expected) => {
    expect(piece.parse(value)).toBe(expected);
  });

  test.each(refused)('is refused: %s', (_name, piece, value) => {
    expect(piece.safeParse(value).success).toBe(false);
  });
});

import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseRows } from '../../../connectors/http/answers/rows.ts';
import { DecimalText, Id } from '../../../connectors/http/answers/wire.ts';
import { secondsFromDecimalText } from '../../../src/domain/duration.ts';
import { KindError } from '../../../src/domain/errors.ts';

const Wire = z.object({ id: Id, time: z.object({ hours: DecimalText }) });

function fromWire(wire: z.infer<typeof Wire>) {
  return { sourceId: wire.id, seconds: secondsFromDecimalText(wire.time.hours, 'hours') };
}

const good = { id: 1, time: { hours: '1.25' } };

describe('rows of a page', () => {
  test('are accepted, or quarantined with the field that is wrong', () => {
    const bad = { id: 'T2', time: { hours: null } };
    const { rows, rejected } = parseRows([good, bad], Wire, fromWire);
    expect(rows).toEqual([{ sourceId: '1', seconds: 4500 }]);
    expect(rejected).toEqual([
      { sourceId: 'T2', row: bad, reason: expect.stringMatching(/^time\.hours: /) },
    ]);
  });

  test('are quarantined when their mapping refuses them, with the fix', () => {
    const { rejected } = parseRows([{ id: 3, time: { hours: '0.3333' } }], Wire, fromWire);
    expect(rejected[0]?.reason).toMatch(/0\.3333 hours is not a whole .* Use at most/);
  });

  test('get a stable id from their content where they show none', () => {
    const once = parseRows([{ b: 1, a: [2] }, 'x', null], Wire, fromWire).rejected;
    const again = parseRows([{ a: [2], b: 1 }], Wire, fromWire).rejected;
    expect(once[0]?.sourceId).toMatch(/^sha256:[0-9a-f]{16}$/);
    expect(again[0]?.sourceId).toBe(once[0]?.sourceId);
    expect(new Set(once.map((row) => row.sourceId)).size).toBe(3);
  });

  test('take their id from where the vendor keeps it', () => {
    const idOf = () => 'log-7';
    expect(parseRows([{}], Wire, fromWire, idOf).rejected[0]?.sourceId).toBe('log-7');
  });

  test('are refused as a whole when more than half of ten are wrong', () => {
    const page = (bad: number) => [...Array(10 - bad).fill(good), ...Array(bad).fill({ id: 9 })];
    expect(parseRows(page(5), Wire, fromWire).rejected).toHaveLength(5);
    expect(() => parseRows(page(6), Wire, fromWire)).toThrow(/6 of 10 rows .* row 9: time/);
    expect(parseRows(page(6).slice(1), Wire, fromWire).rejected).toHaveLength(6);
  });

  test('let a defect, or an error of another kind, through', () => {
    const broken = (error: Error) => () => {
      throw error;
    };
    expect(() => parseRows([good], Wire, broken(new Error('bug')))).toThrow('bug');
    expect(() => parseRows([good], Wire, broken(new KindError('config', 'zone')))).toThrow('zone');
  });
});

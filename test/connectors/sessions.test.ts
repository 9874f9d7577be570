/** Sessions, paired from recorded starts and ends. */
import { describe, expect, test } from '@jest/globals';
import { createPairing, type SessionMark } from '../../connectors/kit/reading/sessions.ts';

const window = { since: '2026-03-02T00:00:00.000Z', until: '2026-03-04T00:00:00.000Z' };

/** `S 02T09:00` lines, oldest first, of one device and technician unless a third word names another. */
function pair(lines: readonly string[], within = window): { pairs: string[]; unpaired: string[] } {
  const marks: SessionMark[] = lines.map((line, index) => {
    const [code = '', at = '', who = 'a'] = line.split(' ');
    const kind = code === 'S' ? 'start' : 'end';
    return { id: String(index), at: `2026-03-${at}:00.000Z`, kind, who };
  });
  const pairing = createPairing(within);
  const found = marks.reverse().flatMap((mark) => pairing.add(mark));
  found.push(...pairing.finish());
  const short = ({ at }: SessionMark): string => at.slice(8, 16);
  return {
    pairs: found.flatMap((one) => ('start' in one ? `${short(one.start)}-${short(one.end)}` : [])),
    unpaired: found.flatMap((one) =>
      'start' in one ? [] : `${one.mark.kind === 'start' ? 'S' : 'E'} ${short(one.mark)}`,
    ),
  };
}

describe('The ends of a session', () => {
  test('are paired where nothing of the same two lies between', () => {
    const lines = ['S 02T09:00', 'S 02T09:10 b', 'E 02T09:30', 'E 02T09:40 b'];
    expect(pair(lines)).toEqual({
      pairs: ['02T09:10-02T09:40', '02T09:00-02T09:30'],
      unpaired: [],
    });
  });

  test('are reported, not guessed, where one of them was never recorded', () => {
    expect(pair(['S 02T09:00', 'S 02T10:00', 'E 02T10:30'])).toEqual({
      pairs: ['02T10:00-02T10:30'],
      unpaired: ['S 02T09:00'],
    });
    expect(pair(['S 02T09:00', 'E 02T09:30', 'E 02T10:00'])).toEqual({
      pairs: ['02T09:00-02T09:30'],
      unpaired: ['E 02T10:00'],
    });
    expect(pair(['E 02T09:30'])).toEqual({ pairs: [], unpaired: ['E 02T09:30'] });
  });

  test('of a session that may still run are waited for, for a day', () => {
    expect(pair(['S 03T12:00'])).toEqual({ pairs: [], unpaired: [] });
    expect(pair(['S 02T12:00'])).toEqual({ pairs: [], unpaired: ['S 02T12:00'] });
  });

  test('of a session over the edge of the window count where it ended', () => {
    expect(pair(['S 01T23:00', 'E 02T01:00']).pairs).toEqual(['01T23:00-02T01:00']);
    expect(pair(['S 01T09:00', 'E 01T10:00'])).toEqual({ pairs: [], unpaired: [] });
  });

  test('more than a day apart are not believed to be one session', () => {
    expect(pair(['S 02T09:00', 'E 03T09:01'])).toEqual({
      pairs: [],
      unpaired: ['E 03T09:01', 'S 02T09:00'],
    });
  });

  test('are reported once, in whichever of two windows determines them', () => {
    const lines = [
      'S 01T12:00',
      'E 02T23:50',
      'S 02T23:55',
      'E 03T00:10',
      'S 03T06:00',
      'S 03T07:00',
    ];
    const first = pair(lines.slice(0, 3), {
      since: '2026-03-01T00:00:00.000Z',
      until: '2026-03-03T00:00:00.000Z',
    });
    const second = pair(lines, {
      since: '2026-03-03T00:00:00.000Z',
      until: '2026-03-05T00:00:00.000Z',
    });
    expect(first).toEqual({ pairs: [], unpaired: ['E 02T23:50', 'S 01T12:00'] });
    expect(second).toEqual({
      pairs: ['02T23:55-03T00:10'],
      unpaired: ['S 03T07:00', 'S 03T06:00'],
    });
  });
});

/**
 * The facts a message was composed from, stored with it: until it is sent, it is composed again
 * from the same facts and the current config.
 */
import type { RunOut } from '../../domain/forecast/forecast.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';
import type { Position } from '../../domain/thresholds/thresholds.ts';
import type { DateText } from '../../domain/time.ts';
import type { Bill } from '../overage.ts';
import type { Reached, Refusal } from '../sale.ts';
import type { FoundUsage } from './usage-alert.ts';

/** Why something may be sold, as found. */
export interface FoundCrossings extends Reached {
  today: DateText;
  /** Why the hours could not be used, so that nothing is sold. */
  unusable: Refusal | null;
  /** When the hours will be used up; absent in messages stored by earlier versions. */
  runOut?: RunOut | null;
}

type Basis =
  | { of: 'crossings'; found: FoundCrossings }
  | { of: 'usage'; found: FoundUsage }
  | { of: 'bill'; bill: Pick<Bill, 'key' | 'open' | 'today' | 'billing'> }
  /** Its facts are the rows that name the message. */
  | { of: 'unlogged'; key: string };

export function crossingsToBasis(found: FoundCrossings): string {
  const positions = found.positions.map((position) => {
    const { forecast } = position;
    const forecasts = { settled: forecast('settled'), projected: forecast('projected') };
    return { ...position, forecasts };
  });
  const crossings = found.crossings.map(({ position, ...crossing }) => ({
    ...crossing,
    positionIndex: found.positions.indexOf(position),
  }));
  return textOf({ of: 'crossings', found: { ...found, positions, crossings } });
}

export function usageToBasis(found: FoundUsage): string {
  return textOf({ of: 'usage', found });
}

function textOf(basis: object): string {
  return JSON.stringify(basis, (_, value: unknown) =>
    value instanceof Map ? { isMap: true, entries: [...value] } : value,
  );
}

export function billToBasis({ key, open, today, billing }: Bill): string {
  return JSON.stringify({ of: 'bill', bill: { key, open, today, billing } });
}

export function unloggedToBasis(key: string): string {
  return JSON.stringify({ of: 'unlogged', key });
}

export function basisFromText(text: string): Basis {
  const basis = JSON.parse(text, (_, value: unknown) =>
    isStoredMap(value) ? new Map(value.entries) : value,
  ) as StoredBasis;
  if (basis.of === 'bill' || basis.of === 'unlogged') return basis;
  if (basis.of === 'usage') {
    // It says nothing of the future.
    const known = basis.found.positions.map((one): Position => ({ ...one, forecast: () => null }));
    return { ...basis, found: { ...basis.found, positions: known } };
  }
  const positions = basis.found.positions.map(({ forecasts, ...measured }): Position => {
    return { ...measured, forecast: (balance) => forecasts[balance] };
  });
  const crossings = basis.found.crossings.flatMap(({ positionIndex, ...crossing }): Crossing[] => {
    const position = positions[positionIndex];
    return position === undefined ? [] : [{ ...crossing, position }];
  });
  return { ...basis, found: { ...basis.found, positions, crossings } };
}

type StoredBasis =
  | Extract<Basis, { of: 'bill' | 'unlogged' }>
  | {
      of: 'usage';
      found: Omit<FoundUsage, 'positions'> & { positions: Omit<Position, 'forecast'>[] };
    }
  | {
      of: 'crossings';
      found: Omit<FoundCrossings, 'positions' | 'crossings'> & {
        positions: (Omit<Position, 'forecast'> & StoredForecasts)[];
        crossings: (Omit<Crossing, 'position'> & { positionIndex: number })[];
      };
    };

interface StoredForecasts {
  forecasts: Record<'settled' | 'projected', ReturnType<Position['forecast']>>;
}

function isStoredMap(value: unknown): value is { isMap: true; entries: [unknown, unknown][] } {
  return typeof value === 'object' && value !== null && 'isMap' in value;
}

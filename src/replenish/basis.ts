/**
 * What a message was composed from, kept with it: as long as nothing of it has left, it is composed again
 * from the same facts and today's config.
 */
import type { Crossing, Position } from '../domain/thresholds.ts';
import type { Bill } from './overage.ts';

/** Levels that were reached, as they were found. */
export interface FoundCrossings {
  position: Position;
  crossings: readonly Crossing[];
  /** Whether the client had an order open, so that nothing was sold. */
  hasOrder: boolean;
}

export type Basis =
  | { of: 'crossings'; found: FoundCrossings }
  | { of: 'bill'; bill: Pick<Bill, 'key' | 'open' | 'today' | 'billing'> };

export function crossingsToBasis(found: FoundCrossings): string {
  const { forecast } = found.position;
  const forecasts = { settled: forecast('settled'), projected: forecast('projected') };
  const basis = {
    of: 'crossings',
    found: { ...found, position: { ...found.position, forecasts } },
  };
  return JSON.stringify(basis, (_, value: unknown) =>
    value instanceof Map ? { isMap: true, entries: [...value] } : value,
  );
}

export function billToBasis({ key, open, today, billing }: Bill): string {
  return JSON.stringify({ of: 'bill', bill: { key, open, today, billing } });
}

export function basisFromText(text: string): Basis {
  const basis = JSON.parse(text, (_, value: unknown) =>
    isStoredMap(value) ? new Map(value.entries) : value,
  ) as Basis;
  if (basis.of === 'bill') return basis;
  const { position } = basis.found;
  const { forecasts, ...measured } = position as Position & StoredForecasts;
  return {
    ...basis,
    found: {
      ...basis.found,
      position: { ...measured, forecast: (balance) => forecasts[balance] },
    },
  };
}

interface StoredForecasts {
  forecasts: Record<'settled' | 'projected', ReturnType<Position['forecast']>>;
}

function isStoredMap(value: unknown): value is { isMap: true; entries: [unknown, unknown][] } {
  return typeof value === 'object' && value !== null && 'isMap' in value;
}

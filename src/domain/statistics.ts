export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** In whole per cent; null: of nothing. */
export function percentOf(part: number, whole: number): number | null {
  return whole <= 0 ? null : Math.round((100 * part) / whole);
}

/** The lower one of two in the middle: a number that occurred. Null: there is none. */
export function lowerMedian(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** The median of the values, and of the halves below and above it; whole numbers. */
export function quartilesOf(values: readonly number[]): {
  min: number;
  lower: number;
  median: number;
  upper: number;
  max: number;
} {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (quarter: number) => {
    const place = ((sorted.length - 1) * quarter) / 4;
    const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return Math.round(below + (above - below) * (place % 1));
  };
  return { min: at(0), lower: at(1), median: at(2), upper: at(3), max: at(4) };
}

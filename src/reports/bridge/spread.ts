/** The median of the values, and of the halves below and above it; whole numbers. */
export function quartilesOf(values: readonly number[]): {
  min: number;
  lower: number;
  median: number;
  upper: number;
  max: number;
} {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (quarter: number) => {
    const place = ((sorted.length - 1) * quarter) / 4;
    const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return Math.round(below + (above - below) * (place % 1));
  };
  return { min: at(0), lower: at(1), median: at(2), upper: at(3), max: at(4) };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

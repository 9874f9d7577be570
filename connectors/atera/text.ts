/** Atera compares names of statuses and fields without regard to their letters' case. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

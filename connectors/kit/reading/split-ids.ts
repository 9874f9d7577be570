/** Longer URLs fail on some servers. */
const urlLengthMax = 2000;

/** Batches of IDs that fit into a URL with this many other characters. */
export function splitIds(ids: readonly string[], otherLength: number): string[][] {
  const lists: string[][] = [];
  let length = urlLengthMax;
  for (const id of ids) {
    // A comma is three characters once it is encoded.
    const cost = id.length + 3;
    if (length + cost > urlLengthMax) {
      lists.push([]);
      length = otherLength;
    }
    lists.at(-1)?.push(id);
    length += cost;
  }
  return lists;
}

/** What of a client's mirrored time the vendor shows no more. */
export interface ClientLoss {
  /** The vendor's id of the client. */
  clientId: string;
  entries: number;
  /** Of these, the entries that earlier runs found gone. */
  earlierEntries: number;
  seconds: number;
  mirroredEntries: number;
  mirroredSeconds: number;
}

/** A technician deletes an entry or two; what goes beyond looks like a permission that was lost. */
const entriesTogether = 3;
const secondsTogether = 3600;

/**
 * Whether most of a client's entries vanished together: more than half of them, and at least three, or two
 * in one run that come to an hour. Then a person is asked, however little it is of the whole.
 */
export function isMostVanished(loss: ClientLoss): boolean {
  const { entries, earlierEntries, seconds, mirroredEntries } = loss;
  const isTogether =
    entries >= entriesTogether ||
    (entries - earlierEntries > 1 && Math.abs(seconds) >= secondsTogether);
  return isTogether && entries * 2 > mirroredEntries;
}

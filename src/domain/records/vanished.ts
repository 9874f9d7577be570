/** A client's mirrored time that the vendor no longer lists. */
export interface ClientLoss {
  /** The client's ID at the vendor. */
  clientId: string;
  entries: number;
  /** Of these, the entries that earlier runs found missing. */
  earlierEntries: number;
  seconds: number;
  mirroredEntries: number;
  mirroredSeconds: number;
}

/** A technician deletes an entry or two; more than that looks like a lost permission. */
const entriesTogether = 3;
const secondsTogether = 3600;

/**
 * Whether most of a client's entries vanished together: more than half of them, and at least three,
 * or two in one run of an hour or more in total. A user must then accept it, however small a share
 * of the total it is.
 */
export function isMostVanished(loss: ClientLoss): boolean {
  const { entries, earlierEntries, seconds, mirroredEntries } = loss;
  const isTogether =
    entries >= entriesTogether ||
    (entries - earlierEntries > 1 && Math.abs(seconds) >= secondsTogether);
  return isTogether && entries * 2 > mirroredEntries;
}

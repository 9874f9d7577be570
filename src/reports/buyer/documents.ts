/** A document that goes into the buyer's file as it is: `agreements/dupont-2026-03-01.html`. */
interface BuyerDocument {
  name: string;
  text: string;
}

/** The agreements that clients accepted. None are stored yet. */
export async function listDocuments(): Promise<BuyerDocument[]> {
  return [];
}

/** Note on the ledger entries of an undo, and the code of work pending since. */
const undoneCode = 'undone';

/** `undone r-20260302T080100-ab12` */
export function undoneNote(runId: string): string {
  return `${undoneCode} ${runId}`;
}

/** Whether the note is of an undo, of any run. */
export function isUndoneNote(note: string | null): boolean {
  return note?.startsWith(`${undoneCode} `) === true;
}

/** The code of a note, which may be followed by a run. */
export function codeOfNote(note: string): string {
  return isUndoneNote(note) ? undoneCode : note;
}

/** Why a message is no longer sent. */
export function undoneReason(runId: string): string {
  return `Run ${runId} was undone.`;
}

/** What distinguishes bills for overage: the same hours on the same terms are the same bill. */
export function billingTerms(billing: {
  rateMinor: number;
  currency: string;
  product: string | null;
}): string {
  const { rateMinor, currency, product } = billing;
  return JSON.stringify({ rateMinor, currency, product });
}

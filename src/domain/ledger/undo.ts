/** Note on ledger entries by which a run was taken back, and code of work that waits since. */
const undoneCode = 'undone';

/** `undone r-20260302T080100-ab12` */
export function undoneNote(runId: string): string {
  return `${undoneCode} ${runId}`;
}

/** Whether the note says that a run was taken back, whichever. */
export function isUndoneNote(note: string | null): boolean {
  return note?.startsWith(`${undoneCode} `) === true;
}

/** The code of a note, which may name a run behind it. */
export function codeOfNote(note: string): string {
  return isUndoneNote(note) ? undoneCode : note;
}

/** Why a message is not sent any more. */
export function undoneReason(runId: string): string {
  return `Run ${runId} was undone.`;
}

/** What makes a bill for overage another bill: the same hours on the same terms are the same. */
export function billingTerms(billing: {
  rateMinor: number;
  currency: string;
  product: string | null;
}): string {
  const { rateMinor, currency, product } = billing;
  return JSON.stringify({ rateMinor, currency, product });
}

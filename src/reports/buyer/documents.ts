import { addMonths } from '../../domain/time.ts';
import type { AgreementStore } from '../../store/port.ts';
import { csvText } from '../format/csv.ts';

const columns = [
  ...['client_id', 'version', 'dated_on', 'accepted_on', 'accepted_by', 'evidence'],
  ...['document', 'document_sha256', 'terms', 'terms_sha256'],
];

/**
 * The agreements that clients accepted up to the end of the month: each document as it was signed, its
 * terms, and a list of all.
 */
export async function listAgreements(
  store: AgreementStore,
  to: string,
): Promise<[name: string, text: string][]> {
  const end = addMonths(`${to}-01`, 1);
  const files: [string, string][] = [];
  const rows: (string | number | null)[][] = [columns];
  for (const { clientId, version, acceptedOn } of await store.listAcceptances()) {
    const accepted = await store.readAcceptedAgreement(clientId, version);
    if (accepted === null || acceptedOn >= end) continue;
    const name = `agreements/${clientId}-${version}`;
    files.push([`${name}.html`, accepted.html], [`${name}.json`, accepted.terms]);
    rows.push([
      ...[clientId, version, accepted.datedOn, acceptedOn, accepted.acceptedBy, accepted.evidence],
      ...[`${name}.html`, accepted.htmlHash, `${name}.json`, accepted.termsHash],
    ]);
  }
  return [['agreements.csv', csvText(rows)], ...files];
}

import type { Client } from '../../domain/agreements/terms.ts';
import type { Format } from '../../domain/format.ts';
import { type AgreementSource, toAgreedTerms } from '../../reports/agreement/agreed-terms.ts';
import { compareTerms, type TermChange } from '../../reports/agreement/compare-terms.ts';
import type { Terms } from '../../reports/agreement/keyed.ts';
import type { Acceptance, Store } from '../../store/port.ts';

/** A client's agreement in force, and what the config says otherwise. */
export interface ComparedAgreement {
  client: string;
  /** Null: the client has accepted none. */
  accepted: Pick<
    Acceptance,
    'version' | 'datedOn' | 'acceptedOn' | 'evidence' | 'acceptedBy' | 'recordedAt' | 'termsHash'
  > | null;
  changes: TermChange[];
}

/** Every client of the config, with the last version that it accepted. */
export async function compareAgreements(
  store: Store,
  source: AgreementSource,
  format: Format,
): Promise<ComparedAgreement[]> {
  const all = await store.listAcceptances();
  const last = new Map(all.map((agreement) => [agreement.clientId, agreement]));
  return source.clients.map((client) => {
    const found = last.get(client.id);
    if (found === undefined) return { client: client.name, accepted: null, changes: [] };
    const { version, datedOn, acceptedOn, evidence, acceptedBy, recordedAt, termsHash } = found;
    return {
      client: client.name,
      accepted: { version, datedOn, acceptedOn, evidence, acceptedBy, recordedAt, termsHash },
      changes: changesOf(found, source, client, format),
    };
  });
}

function changesOf(
  { terms }: Acceptance,
  source: AgreementSource,
  client: Client,
  format: Format,
): TermChange[] {
  return compareTerms(JSON.parse(terms) as Terms, toAgreedTerms(source, client), format);
}

/** `rounding increment: 15 min → 30 min; …` */
export function describeChanges(changes: readonly TermChange[]): string {
  return changes.map(({ term, before, after }) => `${term}: ${before} → ${after}`).join('; ');
}

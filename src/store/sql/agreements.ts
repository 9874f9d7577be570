import { hash } from 'node:crypto';
import { KindError } from '../../domain/errors.ts';
import type { AcceptedAgreement, AgreementStore, Disagreement } from '../port.ts';
import type { Database } from './database.ts';

const columns = `client_id AS clientId, version, terms, terms_hash AS termsHash,
  html_hash AS htmlHash, text_hash AS textHash, dated_on AS datedOn, accepted_on AS acceptedOn,
  evidence, accepted_by AS acceptedBy, recorded_at AS recordedAt, run_id AS runId`;

export function agreementStore(database: Database): AgreementStore {
  return {
    addAcceptedAgreement: async (agreement) =>
      database.write(() => {
        const { version: last } = database.row<{ version: number }>(
          'SELECT count(*) AS version FROM accepted_agreement WHERE client_id = ?',
          agreement.clientId,
        ) ?? { version: 0 };
        if (agreement.version !== last + 1) throw staleVersion(last);
        insert(database, agreement);
      }),
    listAcceptances: async () =>
      database.rows(`SELECT ${columns} FROM accepted_agreement ORDER BY client_id, version`),
    readAcceptedAgreement: async (clientId, version) =>
      database.row<AcceptedAgreement>(
        `SELECT ${columns}, html, text FROM accepted_agreement WHERE client_id = ? AND version = ?`,
        clientId,
        version,
      ) ?? null,
  };
}

function insert(database: Database, agreement: AcceptedAgreement): void {
  const { clientId, version, terms, termsHash, html, htmlHash, text, textHash } = agreement;
  const { datedOn, acceptedOn, evidence, acceptedBy, recordedAt, runId } = agreement;
  const documents = { terms, termsHash, html, htmlHash, text, textHash };
  const acceptance = { datedOn, acceptedOn, evidence, acceptedBy, recordedAt, runId };
  database.insert('accepted_agreement', { clientId, version, ...documents, ...acceptance });
}

function staleVersion(last: number): KindError {
  return new KindError('config', `Version ${last} was recorded meanwhile by another process.`, {
    fix: 'See `prepaid-hours agreement --list`, then record yours if it still applies.',
  });
}

/** The hashes cover what they are of, and no version of a client is missing. */
export function verifyAgreements(database: Database): Disagreement | null {
  let before: Pick<AcceptedAgreement, 'clientId' | 'version'> | null = null;
  const all = database.each<AcceptedAgreement>(
    `SELECT ${columns}, html, text FROM accepted_agreement ORDER BY client_id, version`,
  );
  for (const agreement of all) {
    const { clientId, version, terms, termsHash, html, htmlHash, text, textHash } = agreement;
    const where = `accepted_agreement ${clientId} version ${version}`;
    const wanted: number = before?.clientId === clientId ? before.version + 1 : 1;
    if (version !== wanted) return { where, detail: `version ${wanted} is missing` };
    const parts = { terms: [terms, termsHash], html: [html, htmlHash], text: [text, textHash] };
    for (const [part, [content = '', stored]] of Object.entries(parts)) {
      if (hash('sha256', content, 'hex') === stored) continue;
      return { where, detail: `its hash does not cover its ${part}` };
    }
    before = agreement;
  }
  return null;
}

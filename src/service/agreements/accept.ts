import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { type DateText, dateInZone, instantFromMs } from '../../domain/time.ts';
import { sha256 } from '../../reports/agreement/quantities.ts';
import type { AcceptedAgreement } from '../../store/port.ts';
import { manualRunId } from '../corrections/by-hand.ts';
import { type AgreementApp, draftAgreement, listAccepted } from './draft.ts';

interface AcceptRequest {
  client: Client;
  /** The day on the document that was signed. */
  datedOn: DateText;
  acceptedOn: DateText;
  evidence: string;
  acceptedBy: string | null;
}

/** Records that the client accepted the document of that day, as a run of its own. */
export async function acceptAgreement(
  app: AgreementApp,
  request: AcceptRequest,
): Promise<AcceptedAgreement> {
  const { client, datedOn, ...acceptance } = request;
  const { config, store, now } = app;
  const at = instantFromMs(now());
  refuseImpossible(request, dateInZone(at, client.timezone));
  const document = await draftAgreement(app, client, datedOn);
  const { version, termsText, termsHash, html, text } = document;
  await refuseRepeated(app, request, termsHash);
  const runId = manualRunId(at);
  await store.startRun({ id: runId, command: 'agreement', mode: config.mode, at });
  const accepted: AcceptedAgreement = {
    ...{ clientId: client.id, version, terms: termsText, termsHash },
    ...{ html, htmlHash: sha256(html), text, textHash: sha256(text) },
    ...{ datedOn, ...acceptance, recordedAt: at, runId },
  };
  await store.addAcceptedAgreement(accepted);
  const entry = { clientId: client.id, version, datedOn, ...acceptance };
  await store.finishRun(runId, at, JSON.stringify({ ok: true, request: entry }));
  return accepted;
}

function refuseImpossible({ datedOn, acceptedOn, evidence }: AcceptRequest, today: DateText): void {
  if (evidence.trim() === '') {
    throw new KindError('config', '--evidence: say where the signed document is.', {
      fix: 'An envelope, a file or a ticket, such as --evidence "Ticket 4711".',
    });
  }
  if (acceptedOn > today) {
    throw new KindError('config', `--accepted: ${acceptedOn} is in the future.`);
  }
  if (acceptedOn < datedOn) {
    throw new KindError(
      'config',
      `The document of ${datedOn} cannot have been accepted before, on ${acceptedOn}.`,
      { fix: 'Add --dated DAY: the day on the document that was signed.' },
    );
  }
}

/** The same acceptance entered twice is one. */
async function refuseRepeated(
  { store }: AgreementApp,
  { client, acceptedOn, evidence }: AcceptRequest,
  termsHash: string,
): Promise<void> {
  const last = (await listAccepted(store, client.id)).at(-1);
  const isSame = last?.termsHash === termsHash && last.acceptedOn === acceptedOn;
  if (!isSame || last.evidence !== evidence) return;
  throw new KindError('config', `This acceptance is recorded already, as version ${last.version}.`);
}

import { type Locale, languageOf } from '../../domain/format.ts';

/** What the page says around the worded agreement. */
const en = {
  version: (number: number, date: string) => `Version ${number} of ${date}`,
  between: 'Between',
  provider: 'Provider',
  client: 'Client',
  /** `label: value`, with the language’s spacing. */
  labelled: (label: string, value: string) => `${label}: ${value}`,
  signatures: 'Signatures',
  signedFor: (name: string) => `For ${name}`,
  /** Lines to fill in by hand. */
  lines: {
    name: 'Name',
    role: 'Position',
    placeAndDate: 'Place and date',
    signature: 'Signature',
  },
  /** For the MSP only. */
  notice:
    'Before its first use, have this agreement read by counsel in your country. It is made from your config and a general wording, and is not legal advice.',
  noticeNotPrinted:
    'Only you see this notice: it is not printed and not in the PDF, which is what to send to the client.',
};

export type AgreementLabels = typeof en;

const fr: AgreementLabels = {
  version: (number, date) => `Version ${number} du ${date}`,
  between: 'Entre',
  provider: 'Prestataire',
  client: 'Client',
  labelled: (label, value) => `${label}\u00a0: ${value}`,
  signatures: 'Signatures',
  signedFor: (name) => `Pour ${name}`,
  lines: {
    name: 'Nom',
    role: 'Qualité',
    placeAndDate: 'Lieu et date',
    signature: 'Signature',
  },
  notice:
    'Avant sa première utilisation, faites relire ce contrat par un avocat de votre pays. Il est établi à partir de votre configuration et d’une rédaction générale, et ne constitue pas un conseil juridique.',
  noticeNotPrinted:
    'Vous seul voyez cet avis\u00a0: il n’est ni imprimé ni repris dans le PDF, qui est le document à envoyer au client.',
};

export function agreementLabels(locale: Locale): AgreementLabels {
  return { en, fr }[languageOf(locale)];
}

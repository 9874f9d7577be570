import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedConfig, Sender } from '../../config/loaded.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { formatIn, type Locale, languageOf } from '../../domain/format.ts';
import { renderTextTemplate } from '../format/template.ts';
import { definePage } from '../page/frame.ts';
import { type AgreementSource, toAgreedTerms } from './agreed-terms.ts';
import type { Terms } from './keyed.ts';
import { type AgreementLabels, agreementLabels } from './labels.ts';
import { readMarkup, type WordedAgreement } from './markup.ts';
import { sha256, toCanonicalJson } from './quantities.ts';
import { agreementToText } from './text.ts';
import { type AgreementFacts, toTemplateValues } from './values.ts';

/** A written agreement in its forms. */
export interface AgreementDocument extends WordedAgreement {
  client: string;
  version: number;
  datedOn: string;
  terms: Terms;
  /** As canonical JSON. */
  termsText: string;
  termsHash: string;
  html: string;
  text: string;
}

export interface AgreementView extends WordedAgreement {
  locale: Locale;
  labels: AgreementLabels;
  sender: Sender | null;
  provider: Party;
  client: Party;
  version: string;
  /** For the MSP: shown on a screen, never printed. Null: its counsel approved the document. */
  notice: string[] | null;
}

export interface Party {
  label: string;
  /** Null: to be filled in by hand. */
  name: string | null;
  details: string[];
}

type Source = AgreementSource & { config: Pick<LoadedConfig, 'templates'> };

/** The written agreement with a client, by today's config. Throws `config` for an unusable template. */
export function buildAgreement(
  source: Source,
  client: Client,
  facts: AgreementFacts,
): AgreementDocument {
  const terms = toAgreedTerms(source, client);
  const values = toTemplateValues(terms, facts, client);
  const worded = readMarkup(word(source.config.templates, client.locale, values), client.locale);
  const view = toView(source, client, facts, worded);
  const termsText = toCanonicalJson(terms);
  return {
    client: client.name,
    version: facts.version,
    datedOn: facts.datedOn,
    ...worded,
    terms,
    termsText,
    termsHash: sha256(termsText),
    html: toHtml(view),
    text: agreementToText(view),
  };
}

/** Of several folders, the first that has the template counts: an MSP's own replaces the built-in one. */
function word(folders: readonly string[], locale: Locale, values: object): string {
  const files = folders.map((folder) => join(folder, languageOf(locale), 'agreement.eta'));
  const file = files.find((path) => existsSync(path)) ?? files[0] ?? 'agreement.eta';
  try {
    return renderTextTemplate(file, values);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KindError('config', `The agreement's template ${file} cannot be used: ${why}.`, {
      fix: 'Correct the file, or remove it to use the built-in one.',
      cause,
    });
  }
}

function toView(
  { config }: Source,
  client: Client,
  { version, datedOn }: AgreementFacts,
  worded: WordedAgreement,
): AgreementView {
  const labels = agreementLabels(client.locale);
  const { sender, contract } = config;
  const email = sender?.email ?? null;
  return {
    ...worded,
    locale: client.locale,
    labels,
    sender,
    provider: {
      label: labels.provider,
      name: sender?.name ?? null,
      details: [
        ...(sender?.address ?? []),
        ...contract.registration,
        ...(email === null ? [] : [email]),
      ],
    },
    client: {
      label: labels.client,
      name: client.name,
      details: [...(contract.clients.get(client.name)?.legal ?? [])],
    },
    version: labels.version(version, formatIn(client).date(datedOn)),
    notice: contract.reviewedOn === null ? [labels.notice, labels.noticeNotPrinted] : null,
  };
}

const toPage = definePage<AgreementView>(import.meta.url, 'templates/agreement');

function toHtml(view: AgreementView): string {
  const { locale, title, client, version: subtitle, sender } = view;
  const name = client.name ?? '';
  // Its address is among the parties.
  const logoOnly = { address: [], phone: null, email: null, website: null };
  return toPage(view, {
    ...{ locale, title, client: name, subtitle },
    sender: sender && { ...sender, ...logoOnly },
    foot: `${title} · ${name} · ${subtitle}`,
  });
}

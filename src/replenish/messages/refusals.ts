import { type Format, languageOf } from '../../domain/format.ts';
import { saleKeysIn } from '../../domain/keys.ts';
import type { Refusal } from '../sale.ts';

/** Why nothing, or not enough, was sold. */
export function refusalPhrase(refusal: Refusal, format: Format): string {
  const words = refusals[languageOf(format.locale)];
  // Of our own invoices: push replaces the key by their number.
  if (refusal.why === 'order-open') return words.orderOpen(saleKeysIn(refusal.invoiceKey ?? ''));
  if (refusal.why === 'on-hold') return words.onHold;
  if (refusal.why === 'offer-limited') {
    const { name, workTypes } = refusal.offer;
    return words.offerLimited(name, (workTypes ?? []).join(', '));
  }
  if (refusal.why === 'too-many') {
    const { name, maxPerSale } = refusal.offer;
    return words.tooMany(refusal.wanted, name, maxPerSale);
  }
  return words[refusal.why](format.date(refusal.on));
}

const refusals = {
  en: {
    orderOpen: ([invoice]: readonly string[]) =>
      invoice === undefined
        ? 'No new sale: an earlier order is still open.'
        : `No new sale: an earlier order is still open (invoice ${invoice}).`,
    onHold:
      'No sale: automatic sales to this client are on hold (to resume: prepaid-hours block resume).',
    'agreement-ended': (on: string) => `No sale: the agreement ended on ${on}.`,
    'agreement-later': (on: string) => `No sale: the agreement does not start until ${on}.`,
    'agreement-ends-first': (on: string) =>
      `No sale: the agreement ends on ${on}, before these hours could be used up.`,
    offerLimited: (offer: string, workTypes: string) =>
      `No sale: the offer "${offer}" pays for ${workTypes} only.`,
    tooMany: (wanted: number, offer: string, most: number) =>
      `${wanted} × "${offer}" would be needed, but a sale is limited to ${most}: agree on the rest with the client.`,
  },
  fr: {
    orderOpen: ([invoice]: readonly string[]) =>
      invoice === undefined
        ? 'Pas de nouvelle vente : une commande est déjà en cours.'
        : `Pas de nouvelle vente : une commande est déjà en cours (facture ${invoice}).`,
    onHold:
      'Pas de vente : les ventes automatiques à ce client sont suspendues (pour les reprendre : prepaid-hours block resume).',
    'agreement-ended': (on: string) => `Pas de vente : le contrat a pris fin le ${on}.`,
    'agreement-later': (on: string) => `Pas de vente : le contrat ne commence que le ${on}.`,
    'agreement-ends-first': (on: string) =>
      `Pas de vente : le contrat prend fin le ${on}, avant que ces heures puissent être utilisées.`,
    offerLimited: (offer: string, workTypes: string) =>
      `Pas de vente : l’offre « ${offer} » ne couvre que ${workTypes}.`,
    tooMany: (wanted: number, offer: string, most: number) =>
      `Il faudrait ${wanted} × « ${offer} », or une vente en compte ${most} au plus : convenez du reste avec le client.`,
  },
};

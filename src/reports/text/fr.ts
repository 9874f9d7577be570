import type { Verdict } from '../../domain/charges/charge-facts.ts';
import type { Format } from '../../domain/format.ts';
import { codeOfNote } from '../../domain/ledger/undo.ts';
import { plainText } from '../format/plain-text.ts';
import type { ChargeChange } from '../statement/charge-changes.ts';
import type { Words } from './texts.ts';

function named(text: string | null): string {
  return text === null ? 'aucun' : `«\u00a0${plainText(text)}\u00a0»`;
}

const openReasons: Record<string, string> = {
  'client-unmapped': 'son client dans ce système ne figure pas dans le fichier de configuration',
  'without-client': 'le ticket ou l’intervention ne désigne aucun client',
  'ticket-unseen': 'son ticket n’a pas encore été lu',
  'not-in-agreement': 'ce travail ne relève pas du contrat',
  'before-start': 'le travail est antérieur au premier jour du client',
  'before-move': 'le travail est antérieur au passage du client à cette connexion (movedOn)',
  'before-agreement': 'le travail est antérieur au début du contrat',
  'after-agreement': 'le travail est postérieur à la fin du contrat',
  'ticket-open': 'le ticket est ouvert',
  'not-approved': 'le temps n’est pas approuvé',
  'held-without-ticket': 'il n’est lié à aucun ticket, et le contrat met ce temps en attente',
  'double-count': 'un autre système contient du temps de ce technicien au même moment',
  'logged-since': 'le technicien a saisi le travail, ou la session a changé',
  'corrected-too-far': 'les corrections retirent plus de temps qu’il n’en a été saisi',
  'no-hours': 'il ne reste pas assez d’heures, et le contrat met ce travail en attente',
  undone:
    'le traitement qui l’avait décompté a été annulé ; il sera repris dès que le travail ou ses règles changeront',
  gone: 'le travail a été supprimé ou déplacé',
  moved: 'le travail appartient désormais à un autre client',
  changed: 'le travail a été modifié',
};

function openReason(code: string): string {
  return openReasons[codeOfNote(code)] ?? code;
}

function change(one: ChargeChange, format: Format): string {
  switch (one.code) {
    case 'withdrawn':
      return one.reason === null ? 'annulé' : `annulé\u00a0: ${openReason(one.reason)}`;
    case 'restored':
      return 'décompté à nouveau';
    case 'worked':
      return `temps passé ${format.duration(one.beforeSeconds)} → ${format.duration(one.afterSeconds)}`;
    case 'entries-added':
      return one.count === 1 ? 'une saisie de temps ajoutée' : `${one.count} saisies ajoutées`;
    case 'entries-removed':
      return one.count === 1 ? 'une saisie de temps retirée' : `${one.count} saisies retirées`;
    case 'worked-on':
      return `jour de travail ${format.date(one.before)} → ${format.date(one.after)}`;
    case 'work-type':
      return `type de travail ${named(one.before)} → ${named(one.after)}`;
    case 'coverage':
      return 'le travail couvert a changé';
    case 'multiplier':
      return 'une autre majoration s’applique';
    case 'rounding':
      return 'un autre arrondi s’applique';
    case 'agreement':
      return `contrat ${named(one.before)} → ${named(one.after)}`;
    case 'ticket':
      return `ticket ${named(one.before)} → ${named(one.after)}`;
  }
}

const statement: Words['statement'] = {
  title: 'Relevé d’heures prépayées',
  period: (from, to, zone) => `du ${from} au ${to} (${zone})`,
  summary: 'Solde',
  opening: 'Solde d’ouverture',
  closing: 'Solde de clôture',
  leftInBlocks: 'Reste dans les forfaits',
  overage: 'Consommé au-delà des forfaits',
  balance: 'Solde',
  moneyLeft: 'Montant restant',
  usedOf: (payer) => `Consommé sur les forfaits de ${payer}`,
  byWorkType: 'selon le type de travail',
  sections: {
    credits: 'Heures achetées',
    work: 'Interventions',
    corrections: 'Corrections de relevés antérieurs',
    other: 'Ajustements et expirations',
    blocks: 'Forfaits',
  },
  nothing: 'Rien n’a été acheté ni consommé sur cette période.',
  columns: {
    date: 'Date',
    work: 'Intervention',
    technicians: 'Technicien',
    worked: 'Temps passé',
    charged: 'Décompté',
    change: 'Variation',
    paidFrom: 'Prélevé sur',
    price: 'Prix',
    kind: 'Opération',
    block: 'Forfait',
    size: 'Volume',
    rate: 'Tarif',
    purchased: 'Acheté le',
    expires: 'Expire le',
    reason: 'Motif',
  },
  kinds: {
    purchase: 'Heures achetées',
    usage: 'Intervention',
    correction: 'Correction',
    'overage-paid': 'Dépassement antérieur couvert par un forfait',
    'overage-billed': 'Heures au-delà des forfaits, facturées',
    expiry: 'Forfait expiré',
    rollover: 'Heures reportées',
    adjustment: 'Ajustement',
    refund: 'Forfait retiré',
    reversal: 'Annulation',
  },
  free: 'gratuit',
  beyondBlocks: 'au-delà des forfaits',
  withoutTicket: 'Intervention sans ticket',
  fromSessions: (connections, { list }) =>
    `Sessions à distance enregistrées par ${list(connections)}, non saisies`,
  never: 'jamais',
  perHour: (amount) => `${amount} de l’heure`,
  earlier: 'intervention d’une période antérieure',
  beforeAfter: (before, after) => `décompte de ${before} auparavant, de ${after} désormais`,
  provisional: (pending) =>
    `Provisoire\u00a0: la période n’est pas terminée.${
      pending === null ? '' : ` Le travail en cours, pas encore décompté, représente ${pending}.`
    }`,
  proactive: ({ percent, trend }) =>
    `${percent}\u00a0% du temps passé relève du travail préventif.${
      trend === null
        ? ''
        : ` Sur trois mois\u00a0: ${trend.percent}\u00a0%, contre ${trend.percentBefore}\u00a0% les trois mois précédents.`
    }`,
  total: 'Total',
};

const verdicts: Record<Verdict, string> = {
  covered: 'couvert',
  'covered-unlisted': 'couvert, bien que le contrat ne cite pas ce type de travail',
  'free-excluded': 'gratuit\u00a0: ce type de travail est exclu',
  'free-unlisted': 'gratuit\u00a0: le contrat ne cite pas ce type de travail',
  'free-not-billable': 'gratuit\u00a0: non facturable',
  'free-technician': 'gratuit\u00a0: le temps de ce technicien est exclu',
  'free-role': 'gratuit\u00a0: le contrat ne couvre pas le temps de ce rôle',
};

const perNames = { entry: 'saisie', ticket: 'ticket', day: 'jour' } as const;

const explain: Words['explain'] = {
  title: (subject) => `Décompte de ${subject}`,
  steps: {
    whose: 'Client',
    covered: 'Couverture',
    when: 'Date',
    long: 'Temps',
    dear: 'Majoration',
    blocks: 'Forfait',
    summary: 'Résumé',
    waiting: 'État',
    history: 'Historique',
  },
  whose: (client, connection, agreement) =>
    `${client}, d’après son identifiant dans ${connection}\u00a0; contrat «\u00a0${agreement}\u00a0».`,
  whoseUnknown: 'Aucun client configuré pour ce travail.',
  part: (part, format) =>
    `${plainText(part.technician)}, ${format.date(part.workedOn)}, ${format.duration(part.seconds)} ` +
    `(${part.isBilledTime ? 'heures à facturer, ' : ''}${
      part.recordedBy === undefined
        ? `saisi «\u00a0${plainText(part.secondsText)}\u00a0»`
        : `d’après les sessions à distance enregistrées par ${plainText(part.recordedBy)}, non saisi`
    }${
      part.correctedSeconds > 0
        ? `, moins ${format.duration(part.correctedSeconds)} de correction`
        : ''
    }), type de travail ${named(part.workType)}${
      part.role === undefined ? '' : `, rôle ${named(part.role)}`
    }\u00a0: ${verdicts[part.verdict]}.`,
  when: (rule, closedOn) => {
    if (rule === 'logged') return 'Décompté dès la saisie.';
    if (rule === 'approved') return 'Décompté une fois approuvé.';
    if (closedOn === null)
      return 'Décompté à la clôture du ticket\u00a0; ce travail n’a pas de ticket.';
    return `Décompté à la clôture du ticket\u00a0: ${closedOn}.`;
  },
  rounding: ({ per, workedSeconds, minimums = [], roundedSeconds }, format) => {
    const raised = minimums.filter(({ addedSeconds }) => addedSeconds > 0);
    const least = raised.map(
      ({ workType, minimumSeconds }) =>
        `, ${named(workType)} compté pour au moins ${format.duration(minimumSeconds)}`,
    );
    const worked = `${format.duration(workedSeconds)} de travail${least.join('')}`;
    if (workedSeconds === roundedSeconds) return worked;
    return `${worked}, arrondi par ${perNames[per]} à ${format.duration(roundedSeconds)}`;
  },
  roundingRule: ({ incrementSeconds, minimumSeconds, graceSeconds, precisionSeconds }, format) =>
    [
      `par tranches de ${format.duration(incrementSeconds)}`,
      ...(minimumSeconds > 0 ? [`au moins ${format.duration(minimumSeconds)}`] : []),
      ...(graceSeconds > 0 ? [`tolérance de ${format.duration(graceSeconds)}`] : []),
      ...(precisionSeconds
        ? [`arrondi du PSA jusqu’à ${format.duration(precisionSeconds)} ignoré`]
        : []),
    ].join(', '),
  multiplied: (rule, factor, result) => `${rule} ${factor} = ${result}`,
  rule: (kind, name) => {
    if (kind === 'outside') return 'hors heures ouvrées';
    return `${kind === 'role' ? 'rôle' : 'type de travail'} «\u00a0${plainText(name)}\u00a0»`;
  },
  share: (seconds, rule, factor) => `${seconds} ${rule} ${factor}`,
  plainRate: 'sans majoration',
  difference: (seconds, isAdded, factor) =>
    isAdded
      ? `ajout de ${seconds} par l’arrondi à ${factor}`
      : `retrait de ${seconds} par l’arrondi à ${factor}`,
  minimumAdded: (seconds, workType, factor) =>
    `ajout de ${seconds} jusqu’au minimum du type de travail ${named(workType)} à ${factor}`,
  mixed: (result) => `en tout ${result}`,
  fromBlock: (seconds, blockId, size) => `${seconds} sur le forfait ${blockId} (${size})`,
  forPrice: (seconds, price) => `${seconds} pour ${price}`,
  atRate: (size, rate) => `${size} à ${rate}`,
  limitedTo: (workTypes, format) => `pour ${format.list(workTypes.map(named))} seulement`,
  fromOverage: (seconds) => `${seconds} au-delà de tout forfait (dépassement)`,
  noWorkType: 'sans type de travail',
  passedOver: {
    void: 'Non utilisé, annulé',
    ended: 'Non utilisé, expiré avant ce travail',
    'not-begun': 'Non utilisé, pas encore commencé',
    ordered: 'Non utilisé, commandé mais pas encore disponible',
    'work-type': 'Non utilisé, réservé à d’autres types de travail',
    currency: 'Non utilisé, aucun prix dans sa devise pour ce travail',
    empty: 'Non utilisé, épuisé',
    share: 'Non utilisé, part du client épuisée',
  },
  others: (count) => (count === 1 ? 'un autre' : `${count} autres`),
  free: 'gratuit',
  nothingTaken: 'Aucun forfait n’a été débité.',
  pending: (cost, reason) => `Décompte prévu de ${cost}, en attente\u00a0: ${reason}.`,
  waiting: (reason) => `À vérifier\u00a0: ${reason}.`,
  outside: (reason) => `Non décompté\u00a0: ${reason}.`,
  pendingWork: (technician, day, worked) => `${technician}, ${day}, ${worked}`,
  ticketState: (number, status) => `Le ticket ${number} est «\u00a0${status}\u00a0».`,
  revision: (number, day, seconds) => `Révision ${number}, ${day}\u00a0: décompte de ${seconds}.`,
  revisionChanged: (number, day, seconds, changes) =>
    `Révision ${number}, ${day}\u00a0: décompte de ${seconds}, motif\u00a0: ${changes}.`,
  balanceTitle: (client, day) => `Détail du solde de ${client} à la fin du ${day}`,
  block: (id, size, price, boughtOn) =>
    `Forfait ${id}\u00a0: ${size} à ${price}, acheté le ${boughtOn}`,
  moneyBlock: (id, size, boughtOn) => `Forfait ${id}\u00a0: ${size}, acheté le ${boughtOn}`,
  openingOn: (day) => `Au début du ${day}`,
  leftThen: 'En fin de journée',
  movement: (reason) => {
    if (reason === 'overage') return statement.overage;
    return reason === 'overage-paid'
      ? 'Dépassement couvert par un forfait'
      : statement.kinds[reason];
  },
  postings: (text, count) => `${text} (${count === 1 ? 'une écriture' : `${count} écritures`})`,
};

export const fr: Words = {
  labelled: (label, value) => `${label}\u00a0: ${value}`,
  clauses: (texts) => texts.join('\u00a0; '),
  change,
  openReason,
  statement,
  explain,
};

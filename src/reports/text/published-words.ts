import { type Locale, languageOf } from '../../domain/format.ts';

/** What the MSP's list of published pages says, and the page where no page is. */
const en = {
  title: 'Pages of your clients',
  updated: (time: string) => `Updated on ${time}`,
  forYou:
    'This list is for you: it has the address of every client’s page. Let the web server show the folder “pages” only.',
  client: 'Client',
  left: 'Left',
  openWork: 'Open work',
  runsOut: 'Runs out',
  today: 'today',
  from: (date: string) => `from ${date}`,
  over: (hours: string) => `${hours} over`,
  newAddress: 'If an address has reached the wrong people, give that client a new one:',
  nothing: 'No clients yet.',
  noPage: 'This page does not exist',
  askFor: (sender: string | null) =>
    sender === null
      ? 'It may have been replaced by a new one. Your IT provider will send you the current address.'
      : `It may have been replaced by a new one. ${sender} will send you the current address.`,
};

export type PublishedWords = typeof en;

const fr: PublishedWords = {
  title: 'Pages de vos clients',
  updated: (time) => `Mis à jour le ${time}`,
  forYou:
    'Cette liste est pour vous\u00a0: elle contient l’adresse de la page de chaque client. Ne publiez que le dossier «\u00a0pages\u00a0».',
  client: 'Client',
  left: 'Reste',
  openWork: 'En cours',
  runsOut: 'Épuisé',
  today: 'aujourd’hui',
  from: (date) => `à partir du ${date}`,
  over: (hours) => `${hours} de dépassement`,
  newAddress:
    'Si une adresse est parvenue aux mauvaises personnes, donnez-en une nouvelle au client\u00a0:',
  nothing: 'Pas encore de clients.',
  noPage: 'Il n’y a pas de page à cette adresse',
  askFor: (sender) =>
    sender === null
      ? 'Elle a peut-être été remplacée. Votre prestataire informatique vous enverra l’adresse actuelle.'
      : `Elle a peut-être été remplacée. ${sender} vous enverra l’adresse actuelle.`,
};

export function publishedWordsIn(locale: Locale): PublishedWords {
  return { en, fr }[languageOf(locale)];
}

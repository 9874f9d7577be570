import type { ZoneName } from '../../domain/zone.ts';

/** Time zones of the European Economic Area, where the GDPR asks for an agreement on processing. */
const zones: ReadonlySet<string> = new Set(
  [
    ...['Amsterdam', 'Athens', 'Berlin', 'Bratislava', 'Brussels', 'Bucharest', 'Budapest'],
    ...['Busingen', 'Copenhagen', 'Dublin', 'Helsinki', 'Lisbon', 'Ljubljana', 'Luxembourg'],
    ...['Madrid', 'Malta', 'Mariehamn', 'Oslo', 'Paris', 'Prague', 'Riga', 'Rome', 'Sofia'],
    ...['Stockholm', 'Tallinn', 'Vaduz', 'Vienna', 'Vilnius', 'Warsaw', 'Zagreb'],
  ].map((city) => `Europe/${city}`),
);

const elsewhere: ReadonlySet<string> = new Set([
  ...['Asia/Nicosia', 'Asia/Famagusta', 'Africa/Ceuta', 'Atlantic/Azores', 'Atlantic/Canary'],
  ...['Atlantic/Madeira', 'Atlantic/Reykjavik', 'Indian/Reunion'],
  ...['America/Cayenne', 'America/Guadeloupe', 'America/Martinique', 'Indian/Mayotte'],
]);

/** Which law the clause on personal data names. */
export function dataProtectionIn(zone: ZoneName): 'gdpr' | 'uk-gdpr' | 'other' {
  if (zones.has(zone) || elsewhere.has(zone)) return 'gdpr';
  return zone === 'Europe/London' ? 'uk-gdpr' : 'other';
}

/** How a message's key stands in an RT ticket. */
import { hasMarker, markerOf, oneLine } from '../kit/marker.ts';
import { fieldValuesOf } from './mapping.ts';
import type { FoundItem } from './schema.ts';

/** RT cuts a subject at 200 bytes without a word, which must not take the key off. */
const subjectBytesMax = 200;

/** The subject with its marker at the end, shortened in the middle where RT would cut it. */
export function markedSubject(subject: string, key: string): string {
  const marker = ` ${markerOf(key)}`;
  return fittingSubject(subject, subjectBytesMax - Buffer.byteLength(marker)) + marker;
}

/** As much of the subject as fits, on one line. */
export function fittingSubject(subject: string, bytesMax = subjectBytesMax): string {
  const line = oneLine(subject);
  if (Buffer.byteLength(line) <= bytesMax) return line;
  let fitting = '';
  for (const character of line) {
    if (Buffer.byteLength(`${fitting}${character}…`) > bytesMax) break;
    fitting += character;
  }
  return `${fitting}…`;
}

/** In the key field, else anywhere in the subject: people write on behind the marker, too. */
export function bearsKey(
  ticket: Pick<FoundItem, 'Subject' | 'CustomFields'>,
  key: string,
  keyField: string | undefined,
): boolean {
  if (keyField !== undefined) return fieldValuesOf(ticket, keyField).includes(key);
  return hasMarker(ticket.Subject, key);
}

/** In a line of its own. */
export function isMarkedText(text: string, key: string): boolean {
  return text.split(/\r?\n/).some((line) => line.trim() === markerOf(key));
}

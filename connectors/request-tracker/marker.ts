/** How a message's key stands in an RT ticket. */
import { fieldValuesOf } from './mapping.ts';
import type { FoundItem } from './schema.ts';

/** RT cuts a subject at 200 bytes without a word, which must not take the key off. */
const subjectBytesMax = 200;

/** Brackets on both sides: one key never stands within another. */
export function markerOf(key: string): string {
  return `[${key}]`;
}

/** The subject with its marker at the end, shortened in the middle where RT would cut it. */
export function markedSubject(subject: string, key: string): string {
  const marker = ` ${markerOf(key)}`;
  return fittingSubject(subject, subjectBytesMax - Buffer.byteLength(marker)) + marker;
}

/** As much of the subject as fits, on one line. */
export function fittingSubject(subject: string, bytesMax = subjectBytesMax): string {
  const line = subject.replace(/\s+/g, ' ').trim();
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
  return (ticket.Subject ?? '').includes(markerOf(key));
}

/** The text with its marker in a last line of its own. */
export function markedText(text: string, key: string): string {
  return `${text.trimEnd()}\n\n${markerOf(key)}`;
}

export function isMarkedText(text: string, key: string): boolean {
  return text.split(/\r?\n/).some((line) => line.trim() === markerOf(key));
}

// Colour, cursor and title sequences of a terminal: ECMA-48 CSI, the string sequences (OSC, DCS,
// APC, PM, SOS) up to their terminator, and two-character escapes.
const csi = '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]';
const strings =
  '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)';
const escapes = new RegExp(`${strings}|${csi}|\\u001b[ -/]*[0-~]`, 'g');

// Characters that reorder or hide what follows: the bidirectional controls (Unicode TR 36 names them
// as a way to disguise text), zero-width spaces, tag characters. Joiners stay: scripts need them.
const hidden =
  /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

// What is left for JSON to spell out: its own writer spares these (and leaves line breaks between
// its own lines, which are no part of any text).
const inJson = new RegExp(`[\\u007f-\\u009f\\u2028\\u2029]|${hidden.source}`, 'gu');

const breaks = /\r\n|[\p{Cc}\u2028\u2029]/gu;

/**
 * Makes text from a vendor or a user safe to display: one line, no terminal sequences, nothing that
 * hides or reorders characters, always well-formed.
 */
export function plainText(text: string): string {
  return text.toWellFormed().replace(escapes, '').replace(hidden, '').replace(breaks, ' ');
}

/**
 * JSON in which the same characters are escaped (`\\u202e`): nothing is lost, nothing is
 * interpreted.
 */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(inJson, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

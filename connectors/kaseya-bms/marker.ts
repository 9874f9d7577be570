/** How a message's key stands in the texts of BMS, which has no field for it. */

const key = /^[A-Za-z0-9_.:-]{1,50}$/;

/** Brackets on both sides keep `a-1` and `a-10` apart, also where people wrote on behind them. */
function markerOf(text: string): string {
  return `[${text}]`;
}

export function hasMarker(text: string | null | undefined, ofKey: string): boolean {
  return (text ?? '').includes(markerOf(ofKey));
}

export function withMarker(text: string, ofKey: string): string {
  return `${text.trimEnd()}\n\n${markerOf(ofKey)}`;
}

/** No length of titles is published; so many characters fit into every ticket list. */
const titleLengthMax = 200;

/** One line with the key at its end, which must not be cut off. */
export function markedTitle(subject: string, ofKey: string): string {
  const marker = ` ${markerOf(ofKey)}`;
  const line = subject.replace(/\s+/g, ' ').trim();
  const room = titleLengthMax - marker.length;
  return (line.length <= room ? line : `${line.slice(0, room - 1)}…`) + marker;
}

/** Other people's brackets are on invoices too; ours say whose they are. */
export function saleMarker(ofKey: string): string {
  return `[prepaid-hours ${ofKey}]`;
}

export function saleKeyIn(text: string | null | undefined): string | null {
  const found = /\[prepaid-hours ([^\]\s]+)\]/.exec(text ?? '')?.[1];
  return found !== undefined && key.test(found) ? found : null;
}

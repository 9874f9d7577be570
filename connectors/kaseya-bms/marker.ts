/** How a sale's key stands on a charge, and from there on invoices of BMS. */

const key = /^[A-Za-z0-9_.:-]{1,50}$/;

/** Other people's brackets are on invoices too; ours say whose they are. */
export function saleMarker(ofKey: string): string {
  return `[prepaid-hours ${ofKey}]`;
}

export function saleKeyIn(text: string | null | undefined): string | null {
  const found = /\[prepaid-hours ([^\]\s]+)\]/.exec(text ?? '')?.[1];
  return found !== undefined && key.test(found) ? found : null;
}

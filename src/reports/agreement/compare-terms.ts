import type { Format } from '../../domain/format.ts';
import { isGroup, type Terms } from './keyed.ts';
import { isQuantity, spellQuantity, type Term, toCanonicalJson } from './quantities.ts';

/** One term that differs from the agreement that was accepted. */
export interface TermChange {
  /** `rounding increment`, `offers 10 h hour`. */
  term: string;
  before: string;
  after: string;
}

/**
 * Term by term, what was accepted and what the config says now. A term that the program did not state
 * when the agreement was accepted is not a change.
 */
export function compareTerms(accepted: Terms, current: Terms, format: Format): TermChange[] {
  return Object.keys(accepted)
    .sort()
    .flatMap((name) => compare([name], accepted[name] ?? null, current[name] ?? null, format));
}

function compare(path: string[], before: Term, after: Term, format: Format): TermChange[] {
  if (toCanonicalJson(before) === toCanonicalJson(after)) return [];
  if (isGroup(before) && isGroup(after)) {
    const [from, to]: [Terms, Terms] = [before, after];
    const names = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...names]
      .sort()
      .flatMap((name) => compare([...path, name], from[name] ?? null, to[name] ?? null, format));
  }
  const [from, to] = [describe(before, format), describe(after, format)];
  return [{ term: path.join(' '), before: from, after: to }];
}

function describe(term: Term, format: Format): string {
  if (term === null) return 'none';
  if (typeof term === 'boolean') return term ? 'yes' : 'no';
  if (typeof term !== 'object') return String(term);
  if (isQuantity(term)) return spellQuantity(term, format);
  if (Array.isArray(term)) return term.map((one) => describe(one, format)).join(', ') || 'none';
  const parts = Object.entries(term).filter(([, value]) => value !== null && value !== false);
  return parts.map(([name, value]) => `${name} ${describe(value, format)}`).join(', ');
}

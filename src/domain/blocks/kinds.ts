import { isListed } from '../charges/coverage.ts';
import type { ChargedWorkTypes } from './allocation.ts';

/** Work types that hours are limited to; null: all. */
export type Kind = readonly string[] | null;

/** Equal for the same work types, regardless of spelling and order; empty for all work. */
export function kindKey(kind: Kind): string {
  if (kind === null) return '';
  return [...new Set(kind.map((name) => name.trim().toLowerCase()))].sort().join(', ');
}

export function isOfKind({ workTypes }: { workTypes: Kind }, kind: Kind): boolean {
  return kindKey(workTypes) === kindKey(kind);
}

/** Whether hours of this kind pay for all of that work. */
export function canKindPay(kind: Kind, work: ChargedWorkTypes): boolean {
  return kind === null || work === null || work.every((name) => isListed(name, kind));
}

/** Whether hours of one kind pay for everything that those of the other do. */
export function coversKind(kind: Kind, other: Kind): boolean {
  return kind === null || (other !== null && canKindPay(kind, other));
}

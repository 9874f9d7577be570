import type { Instant } from '../../domain/time.ts';
import { wallClockAt, type ZoneName } from '../../domain/zone.ts';

const scales: readonly [seconds: number, name: string][] = [
  [86_400, 'days'],
  [3600, 'h'],
  [60, 'min'],
];

/** `90 s`, `4 min`, `30 h`, `3 days`: from two of a unit on, in that unit. */
export function ageText(seconds: number): string {
  const [size, name] = scales.find(([one]) => seconds >= one * 2) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${name}`;
}

export function agoText(at: Instant | null, nowMs: number): string {
  if (at === null) return 'never';
  return `${ageText(Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000)))} ago`;
}

export function inText(at: Instant | null, nowMs: number): string {
  if (at === null) return 'not within a year';
  return `in ${ageText(Math.max(0, Math.round((Date.parse(at) - nowMs) / 1000)))}`;
}

/** `2026-11-29 04:51`, by the zone's wall clock. */
export function localTime(at: Instant, zone: ZoneName): string {
  const shown = new Date(wallClockAt(Date.parse(at), zone)).toISOString();
  return shown.slice(0, 16).replace('T', ' ');
}

/** `3 messages`, `1 message`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

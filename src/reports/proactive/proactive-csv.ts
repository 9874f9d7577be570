import { csvText } from '../format/csv.ts';
import type { ProactiveReport } from './proactive.ts';
import type { SourcesReport } from './sources.ts';

export function proactiveToCsv({ clients }: ProactiveReport): string {
  const classes = ['proactive_seconds', 'reactive_seconds', 'emergency_seconds'];
  return csvText([
    ['client', 'month', ...classes, 'unknown_seconds', 'proactive_percent'],
    ...clients.flatMap(({ client, months }) =>
      months.map(({ month, seconds, unknownSeconds, proactivePercent }) => [
        ...[client, month, seconds.proactive, seconds.reactive, seconds.emergency],
        ...[unknownSeconds, proactivePercent],
      ]),
    ),
  ]);
}

export function sourcesToCsv({ sources }: SourcesReport): string {
  return csvText([
    ['connection', 'source', 'tickets', 'seconds', 'class'],
    ...sources.map((one) => [one.connection, one.source, one.tickets, one.seconds, one.class]),
  ]);
}

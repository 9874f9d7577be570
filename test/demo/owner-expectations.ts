/** What the owner's reports must say of the year that the past planted. */
import { clients } from './cast.ts';
import { costOf, isClosed } from './expected.ts';
import type { Month } from './month.ts';
import { expectPast, pastClients, pastRate } from './past.ts';
import type { Outcome } from './story.ts';

export function ownerFaults({ papers }: Outcome, month: Month): string[] {
  const name = clients[pastClients[1]]?.name;
  const { beyondSeconds, travelSeconds, used } = expectPast(month);
  const leaks = papers.leaks.clients.find(({ client }) => client === name);
  const bridge = papers.bridge.clients.find(({ client }) => client === name);
  const past = (reason: string) =>
    (leaks?.rows ?? []).filter((row) => row.reason === reason && row.month <= month.firstDay);
  const before = past('free-excluded').filter(({ explain }) => !explain.includes('#'));
  const total = (rows: readonly { seconds: number }[]) =>
    rows.reduce((sum, { seconds }) => sum + seconds, 0);
  const beyond = past('overage');
  const price = Math.round((beyondSeconds * Number(pastRate) * 100) / 3600);
  const minor = beyond.reduce((sum, row) => sum + row.minor, 0);
  const missing = [...used].filter(([name, seconds]) => {
    const shown = bridge?.months.find((one) => one.month === name);
    return shown !== undefined && shown.usedSeconds !== seconds;
  });
  return [
    ...(total(beyond) === beyondSeconds
      ? []
      : [`${name} leaked ${total(beyond)} s beyond its blocks, not ${beyondSeconds} s.`]),
    ...(Math.abs(minor - price) <= beyond.length
      ? []
      : [`${name} leaked ${minor} beyond its blocks, not ${price}.`]),
    ...(total(before) === travelSeconds
      ? []
      : [`${name} leaked ${total(before)} s on the road, not ${travelSeconds} s.`]),
    ...missing.map(([month]) => `${name} used other hours in ${month}.`),
    ...(bridge?.verdict === 'candidate' ? [] : [`${name} is no candidate for a flat price.`]),
    ...overageFaults({ papers }),
  ];
}

/** Only one client's agreement says what is proactive: its maintenance, wherever it was charged. */
export function proactiveFaults({ papers }: Pick<Outcome, 'papers'>, month: Month): string[] {
  const index = clients.findIndex(({ isProactive }) => isProactive === true);
  const tickets = month.tickets.filter(
    (ticket) => ticket.client === index && isClosed(ticket) && costOf(ticket) > 0,
  );
  const worked = tickets.flatMap(({ entries }) => entries).filter(isCharged);
  const minutesOf = (entries: typeof worked) =>
    entries.reduce((sum, { minutes }) => sum + minutes, 0);
  const planned = minutesOf(worked.filter(({ workType }) => workType === 'Maintenance'));
  const [found, ...others] = papers.proactive.clients;
  const { proactive = 0, reactive = 0, emergency = 0 } = found?.total.seconds ?? {};
  const isRight =
    found?.client === clients[index]?.name &&
    others.length === 0 &&
    proactive === planned * 60 &&
    proactive + reactive + emergency === minutesOf(worked) * 60;
  return isRight
    ? []
    : [`Of ${clients[index]?.name}'s work, ${proactive} s were proactive, not ${planned * 60} s.`];
}

function isCharged({ workType }: { workType: string }): boolean {
  return workType !== 'Travel';
}

/** The one client that is overdrawn has its overdraft in the report, and nobody else any. */
function overageFaults({ papers }: Pick<Outcome, 'papers'>): string[] {
  const over = papers.leaks.clients.filter(
    ({ client, rows }) =>
      !pastClients.some((index) => clients[index]?.name === client) &&
      rows.some(({ reason }) => reason === 'overage'),
  );
  const names = over.map(({ client }) => client).join(', ');
  if (names === 'Eastside Veterinary') return [];
  return [`Beyond their blocks: ${names || 'nobody'}, not Eastside Veterinary.`];
}

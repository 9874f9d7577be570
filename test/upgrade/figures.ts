/** What the program says of the fixture's clients. */
import { closedMonths, type Figures } from './fixture.ts';
import { ask } from './program.ts';

interface Balance {
  client: string;
}

export async function readFigures(folder: string, asOf: string): Promise<Figures> {
  const { clients } = await ask<{ clients: Balance[] }>(folder, ['balances']);
  const names = clients.map(({ client }) => client);
  const statements: Record<string, unknown> = {};
  for (const name of names) {
    for (const month of closedMonths) {
      statements[`${name} ${month}`] = await ask(folder, ['statement', name, '--month', month]);
    }
  }
  const balances = clients.map(withoutForecast);
  return { asOf, balances, statements, verify: await ask(folder, ['verify']) };
}

/** A forecast may get better; a balance stays. */
function withoutForecast(balance: Balance): object {
  const kept = Object.entries(balance).filter(([name]) => !name.startsWith('runOut'));
  return Object.fromEntries(kept);
}

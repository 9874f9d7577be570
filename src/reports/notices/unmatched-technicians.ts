import { isMatched } from '../../domain/sessions/counted.ts';
import type { TechnicianBook } from '../../domain/sessions/technicians.ts';
import type { SessionStore } from '../../store/port.ts';

export interface UnmatchedTechnician {
  connection: string;
  id: string;
  name: string;
}

/** Technicians with sessions, of whom nobody knows what they log in the other systems. */
export async function readUnmatched(
  store: Pick<SessionStore, 'readSessionTechnicians' | 'readTechnicians'>,
  context: { technicians: TechnicianBook; timeConnections: readonly string[] },
): Promise<UnmatchedTechnician[]> {
  const recorded = await store.readSessionTechnicians();
  const unmatched = recorded.filter(({ connection, id }) => !isMatched(context, connection, id));
  if (unmatched.length === 0) return [];
  const known = await store.readTechnicians();
  return unmatched.map(({ connection, id }) => {
    const one = known.find((other) => other.connection === connection && other.id === id);
    return { connection, id, name: one?.name ?? id };
  });
}

export function unmatchedText({ name, connection, id }: UnmatchedTechnician): string {
  return `Remote sessions of "${name}" (${id}) in "${connection}" are not compared with time: no technician of the other connections has the same e-mail or name.`;
}

export const unmatchedFix =
  'Add the technician to `technicians:` with the ID in each connection, or with this ID alone if all time is logged there.';

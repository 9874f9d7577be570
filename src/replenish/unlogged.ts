import type { Client } from '../domain/agreements/terms.ts';
import { pushKeyOf } from '../domain/keys.ts';
import { addSeconds } from '../domain/time.ts';
import type { NewMessage, UnloggedRow, UnsentMessage } from '../store/port.ts';
import { emptyBatch } from '../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from './context.ts';
import { unloggedToBasis } from './messages/basis.ts';
import { toAlert, toMessage } from './messages/compose.ts';
import { composeUnlogged } from './messages/unlogged-texts.ts';

/** Older work is only reported: a setting that is switched on must not fill the board. */
const proposedWithinSeconds = 14 * 86_400;

/** Proposes unlogged time that is due: once for each technician, client and day of work. */
export async function proposeUnlogged(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<void> {
  const { store, clients, at } = context;
  const earliestDueAt = addSeconds(at, -proposedWithinSeconds);
  const due = (await store.readDueUnlogged('propose', at)).filter(
    ({ dueAt }) => dueAt >= earliestDueAt,
  );
  const days = Map.groupBy(due, (row) => `${row.clientId}\n${row.person}\n${row.workedOn}`);
  for (const rows of days.values()) {
    const client = clients.find(({ id }) => id === rows[0]?.clientId);
    const message = client === undefined ? null : composeProposal(context, client, rows);
    if (message === null) continue;
    // A message that was written for the day already is not written again.
    const isNew = (await store.readMessage(message.key)) === null;
    if (isNew) {
      await store.writeReplenish({ ...emptyBatch(context), messages: [message] });
      outcome.messages += 1;
    }
    const told = rows
      .filter(({ done }) => done !== message.key)
      .map((row) => ({ ...row, done: message.key }));
    if (told.length === 0) continue;
    await store.writeUnlogged({ at, rows: told, removed: [], dirtySeqs: [] });
  }
}

/**
 * An unsent proposal follows what is still not logged: it is composed again, or cancelled if
 * nothing is left. Returns whether it changed.
 */
export async function followProposal(
  context: ReplenishContext,
  client: Client,
  stored: UnsentMessage,
): Promise<boolean> {
  const { store, at } = context;
  const rows = await store.readProposed([stored.key]);
  if (rows.length === 0) return store.cancelMessage(stored.key, at);
  const message = { ...composeProposal(context, client, rows), key: stored.key };
  const isSame = message.payload === stored.payload && message.connection === stored.connection;
  // What is sent as a note stays one.
  if (isSame || isNote(message.payload) !== isNote(stored.payload)) return false;
  await store.recompose({ at, messages: [message], blocks: [] });
  return true;
}

function isNote(payload: string): boolean {
  return 'ticketId' in (JSON.parse(payload) as object);
}

/** An internal note on the sessions' ticket if they have one; otherwise an alert ticket. */
function composeProposal(
  context: ReplenishContext,
  client: Client,
  rows: readonly UnloggedRow[],
): NewMessage {
  const [first] = rows;
  if (first === undefined) throw new Error('a proposal needs unlogged time');
  const { firstRunAt, mode, notable } = context;
  const { connection, vendorClientId, person, workedOn, ticketId } = first;
  const key = pushKeyOf('unlogged', client.id, [firstRunAt, mode, person, workedOn].join(' '));
  const text = composeUnlogged(context, client, rows);
  const isOneTicket = rows.every((row) => row.ticketId === ticketId);
  const basis = unloggedToBasis(key);
  if (ticketId !== null && isOneTicket && notable.has(connection)) {
    const message = toMessage(context, client, 'ticket-note', key, null, {
      clientId: vendorClientId,
      ticketId,
      audience: 'internal',
      ...text,
    });
    return { ...message, connection, basis };
  }
  return { ...toAlert(context, client, key, text), basis };
}

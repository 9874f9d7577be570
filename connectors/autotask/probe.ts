/**
 * Settles by writing to a test client what reading cannot: each thing is written and read back. A
 * charge is deleted again; a ticket with its notes cannot be, so it is completed and named.
 */

import type { CheckResult } from '../../src/contract/connector.ts';
import { describeError, isKindError } from '../../src/domain/errors.ts';
import { createSteps, testBody, testSale } from '../kit/probe.ts';
import { attempt } from './check.ts';
import { salesContract } from './contracts.ts';
import { factResult } from './facts.ts';
import { readFields, writeField } from './push-balance.ts';
import { createCharge, toCharge } from './push-invoice.ts';
import { writeNote } from './push-note.ts';
import { createTicket } from './push-ticket.ts';
import type { Rooms } from './rooms.ts';

interface Probe {
  rooms: Rooms;
  clientId: string;
  key: string;
  signal: AbortSignal;
}

export async function probeConnection(
  rooms: Rooms,
  clientId: string,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const { context, config } = rooms.api;
  const probe: Probe = { rooms, clientId, key: `probe.${context.now()}`, signal };
  const results: CheckResult[] = [];
  const settle = createSteps(results, context, attempt, factResult);
  const noting = (work: (probe: Probe) => Promise<CheckResult[]>) => async (): Promise<void> => {
    results.push(...(await work(probe)));
  };
  if (config.alerts !== undefined) {
    await settle(['ticket-key-kept', 'ticket-key-found', 'note-publish'], noting(probeTicket));
  }
  await settle(['company-fields'], noting(probeFields));
  if (config.billing !== undefined) await settle(['charge-key'], noting(probeCharge));
  return results;
}

const subject = 'Test by prepaid-hours, to be ignored';

async function probeTicket({ rooms, clientId, key, signal }: Probe): Promise<CheckResult[]> {
  const ticket = await createTicket(rooms, { key, clientId, subject, body: testBody }, signal);
  const ticketId = ticket.remoteId;
  try {
    for (const audience of ['client', 'internal'] as const) {
      const note = { key: `${key}.${audience}`, ticketId, audience, body: testBody };
      await writeNote(rooms, note, signal);
    }
  } finally {
    await complete(rooms, ticketId, signal);
  }
  const detail = `Ticket ${ticket.label ?? ticketId} of the test is completed; Autotask lets nobody delete it through the API.`;
  return [{ id: 'probe.ticket', status: 'ok', detail }];
}

async function complete({ api, directory }: Rooms, id: string, signal: AbortSignal): Promise<void> {
  const [closed = ''] = api.config.closedStatuses;
  const status = await directory.valueOf('Tickets', 'status', closed, signal);
  await api.patch('Tickets', { id: Number(id), status }, signal);
}

/** A field is written back as it is, which must change nothing. */
async function probeFields({ rooms, clientId, signal }: Probe): Promise<CheckResult[]> {
  const before = await readFields(rooms.api, clientId, signal);
  const [first] = before;
  if (first === undefined) return [];
  const [field, value] = first;
  await writeField(rooms.api, { clientId, field, value }, signal);
  return [];
}

async function probeCharge(probe: Probe): Promise<CheckResult[]> {
  const { rooms, clientId, signal } = probe;
  const contract = await salesContract(rooms, clientId, signal);
  const charge = await toCharge(rooms, contract, testSale(rooms.api.context, probe), signal);
  // Not billable, lest somebody approves it in the moment that it is there.
  const made = await createCharge(
    rooms,
    contract.id,
    { ...charge, isBillableToCompany: false },
    signal,
  );
  const id = 'probe.charge';
  try {
    await rooms.api.remove(`Contracts/${contract.id}/Charges/${made.id}`, signal);
    return [{ id, status: 'ok', detail: 'The charge of the test is deleted again.' }];
  } catch (error) {
    if (!isKindError(error)) throw error;
    const detail = `Charge ${made.id} of the test is still on "${contract.name}": ${describeError(error)}`;
    return [{ id, status: 'warning', detail, fix: 'Delete it by hand in Autotask.' }];
  }
}

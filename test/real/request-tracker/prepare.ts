/** A real Request Tracker with two clients and two technicians, and what they do there over its REST API. */

import { installRequestTracker } from './install.ts';
import { createInstance, type Instance, type InstanceOptions } from './instance.ts';
import { createTechnicians, type Technicians } from './technicians.ts';

export interface RealRequestTracker
  extends Pick<Instance, 'baseUrl' | 'start' | 'kill' | 'stop' | 'dispose'>,
    Technicians {
  version: string;
  /** The token of the user that the connection works as; least rights, no super user. */
  token: string;
  /** Ids of the queues by their names: Dupont, Martin (clients), Alerts, Billing, Hidden. */
  queues: Readonly<Record<string, string>>;
  /** Makes a ticket older, with all that was done on it so far. */
  backdate(ticketId: string, hours: number): Promise<void>;
}

export const technicians = ['tess', 'rita'] as const;

export type Technician = (typeof technicians)[number];

/** What README.md of the connector asks an admin to grant. */
const clientRights = [
  'SeeQueue',
  'ShowTicket',
  'ShowTicketComments',
  'CommentOnTicket',
  'ReplyToTicket',
  'ModifyTicket',
];
const targetRights = [...clientRights, 'CreateTicket'];
const technicianRights = [...targetRights, 'OwnTicket', 'SeeCustomField', 'ModifyCustomField'];

const serviceUser = 'prepaid-hours';
const clientQueues = ['Dupont', 'Martin'];
const targetQueues = ['Alerts', 'Billing'];

function seed() {
  const allQueues = [...clientQueues, ...targetQueues, 'Hidden'];
  const people = [...technicians, serviceUser];
  return {
    queues: allQueues,
    users: [
      ...people.map((name) => ({ name, email: `${name}@rt.test`, isPrivileged: true })),
      { name: 'bob', email: 'bob@dupont.test', organization: 'Dupont Plomberie' },
      { name: 'ann', email: 'ann@martin.test', organization: 'Cabinet Martin' },
    ],
    fields: [
      { name: 'Prepaid key', type: 'FreeformSingle', queues: targetQueues, users: [serviceUser] },
      {
        name: 'Client',
        type: 'SelectSingle',
        values: ['Dupont Plomberie', 'Cabinet Martin'],
        queues: clientQueues,
        users: people,
      },
      {
        name: 'Work type',
        type: 'SelectSingle',
        values: ['Remote', 'On-site', 'Travel'],
        queues: clientQueues,
        users: people,
      },
    ],
    rights: [
      ...clientQueues.map((queue) => ({ user: serviceUser, queue, rights: clientRights })),
      ...targetQueues.map((queue) => ({ user: serviceUser, queue, rights: targetRights })),
      ...technicians.flatMap((user) =>
        allQueues.map((queue) => ({ user, queue, rights: technicianRights })),
      ),
    ],
  };
}

/**
 * Installs RT where needed, and makes an instance with its own database. It does not run yet: call
 * `start`, and at the end `dispose`. `skipped` says why this machine cannot have one.
 */
export async function prepareRequestTracker(
  options: InstanceOptions = {},
): Promise<{ skipped: string } | RealRequestTracker> {
  const installed = await installRequestTracker();
  if ('skipped' in installed) return installed;
  const instance = await createInstance(options);
  try {
    const made: unknown = JSON.parse(await instance.runPerl('seed.pl', JSON.stringify(seed())));
    const { queues, tokens } = made as Record<'queues' | 'tokens', Record<string, string>>;
    const { baseUrl, start, kill, stop, dispose } = instance;
    return {
      version: installed.version,
      baseUrl,
      token: tokens[serviceUser] ?? '',
      queues,
      start,
      kill,
      stop,
      dispose,
      async backdate(ticketId, hours) {
        const wanted = { ticket: ticketId, seconds: hours * 3600 };
        await instance.runPerl('backdate.pl', JSON.stringify(wanted));
      },
      ...createTechnicians(baseUrl, tokens),
    };
  } catch (error) {
    await instance.dispose();
    throw error;
  }
}

/** The plain lists: organizations, devices, people, activities, custom fields. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import { uidOf } from './records.ts';
import type { NinjaoneState } from './state.ts';

export function ok(json: unknown): SandboxAnswer {
  return { status: 200, json };
}

export function refused(status: number, errorMessage: string): SandboxAnswer {
  return { status, json: { resultCode: 'FAILURE', errorMessage, incidentId: uidOf(status) } };
}

export function numberOf(request: SandboxRequest, name: string, otherwise: number): number {
  const text = request.query.get(name);
  return text === null ? otherwise : Number(text);
}

/** A list by id: `pageSize` rows whose id is above `after`. */
export function pageAfter<Row extends { id: number }>(
  rows: readonly Row[],
  request: SandboxRequest,
  takeFault: TakeFault,
  toWire: (row: Row) => { [field: string]: unknown },
): SandboxAnswer {
  const pageSize = numberOf(request, 'pageSize', 1000);
  const after = takeFault('page-loop') ? 0 : numberOf(request, 'after', 0);
  const sorted = [...rows].sort((a, b) => a.id - b.id);
  let from = sorted.findIndex((row) => row.id > after);
  if (from === -1) return ok([]);
  if (takeFault('duplicate-page')) from = Math.max(0, from - Math.floor(pageSize / 2));
  const page = sorted.slice(from, from + pageSize).map(toWire);
  if (takeFault('bad-row') && page[0] !== undefined) page[0] = { ...page[0], name: 17, id: null };
  return ok(page);
}

export function listOrganizations(
  state: NinjaoneState,
  request: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  return pageAfter([...state.organizations.values()], request, takeFault, ({ id, name }) => ({
    id,
    name,
    description: '',
    nodeApprovalMode: 'AUTOMATIC',
  }));
}

export function listDevices(
  state: NinjaoneState,
  request: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  return pageAfter([...state.devices.values()], request, takeFault, (device) => ({
    id: device.id,
    uid: uidOf(device.id),
    organizationId: device.organizationId,
    locationId: 1,
    nodeClass: 'WINDOWS_WORKSTATION',
    approvalStatus: 'APPROVED',
    offline: false,
    displayName: device.displayName,
    systemName: device.displayName.toUpperCase(),
  }));
}

export function listUsers(state: NinjaoneState, request: SandboxRequest): SandboxAnswer {
  if (request.query.get('userType') === 'END_USER') return ok([]);
  return ok(
    [...state.technicians.values()].map((technician) => ({
      id: technician.id,
      uid: uidOf(technician.id),
      firstName: technician.firstName,
      lastName: technician.lastName,
      email: `${technician.firstName}.${technician.lastName}@msp.example`.toLowerCase(),
      enabled: technician.isEnabled,
      userType: 'TECHNICIAN',
      invitationStatus: 'REGISTERED',
    })),
  );
}

/** Newest first. `olderThan` and `newerThan` are ids; `after` and `before` epoch seconds. */
export function listActivities(
  state: NinjaoneState,
  request: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  const { query } = request;
  const pageSize = Math.min(numberOf(request, 'pageSize', 200), 1000);
  const olderThan = takeFault('page-loop')
    ? Number.MAX_SAFE_INTEGER
    : numberOf(request, 'olderThan', Number.MAX_SAFE_INTEGER);
  const newerThan = numberOf(request, 'newerThan', 0);
  const afterMs = numberOf(request, 'after', 0) * 1000;
  const beforeMs = numberOf(request, 'before', Number.MAX_SAFE_INTEGER / 1000) * 1000;
  const type = query.get('type');
  const known = state.activities
    .filter((activity) => type === null || activity.activityType === type)
    .filter(({ atMs }) => atMs > afterMs && atMs < beforeMs)
    .filter(({ id }) => id > newerThan)
    .reverse();
  let from = known.findIndex(({ id }) => id < olderThan);
  if (from === -1) from = known.length;
  if (takeFault('duplicate-page')) from = Math.max(0, from - Math.floor(pageSize / 2));
  const page = known.slice(from, from + pageSize);
  const activities = page.map((activity) => ({
    id: activity.id,
    activityTime: activity.atMs / 1000,
    ...(activity.deviceId === null ? {} : { deviceId: activity.deviceId }),
    ...(activity.userId === null ? {} : { userId: activity.userId }),
    activityType: activity.activityType,
    statusCode: activity.statusCode,
    status: activity.statusCode.toLowerCase().replaceAll('_', ' '),
    activityResult: 'SUCCESS',
  }));
  const first = activities[0];
  const isBad = first !== undefined && takeFault('bad-row');
  return ok({
    lastActivityId: state.activities.at(-1)?.id ?? 0,
    activities: isBad
      ? [{ ...first, activityTime: 'yesterday' }, ...activities.slice(1)]
      : activities,
  });
}

export function readCustomFields(state: NinjaoneState, organizationId: number): SandboxAnswer {
  const organization = state.organizations.get(organizationId);
  return organization === undefined
    ? refused(404, 'Organization not found')
    : ok(organization.customFields);
}

/** A field that was never defined is refused; the sandbox defines `balanceFields`. */
export function writeCustomFields(
  state: NinjaoneState,
  organizationId: number,
  request: SandboxRequest,
  defined: ReadonlySet<string>,
): SandboxAnswer {
  const organization = state.organizations.get(organizationId);
  if (organization === undefined) return refused(404, 'Organization not found');
  const values = request.json() as { [name: string]: string | number | null };
  const unknown = Object.keys(values).find((name) => !defined.has(name));
  if (unknown !== undefined) return refused(400, `Unable to find field ${unknown}`);
  Object.assign(organization.customFields, values);
  return { status: 204 };
}

import { describe, expect, test } from '@jest/globals';
import { asked, readAll, withNinjaone } from './bench.ts';

describe('NinjaOne sessions', () => {
  test('name client, device and technician, whatever tool recorded them', () =>
    withNinjaone(async ({ state, connector }) => {
      const dupont = state.addOrganization('Dupont');
      const ada = state.addTechnician('Ada', 'Byron');
      const deviceId = state.addDevice(dupont, 'DUPONT-PC1');
      const ids = (['splashtop', 'teamviewer', 'quick-connect'] as const).map((tool, index) =>
        state.addSession({
          deviceId,
          technicianId: ada,
          tool,
          startedAt: `2026-03-02T0${index}:00:00.500Z`,
          endedAt: `2026-03-02T0${index}:30:00Z`,
        }),
      );
      const { rows, rejected } = await readAll(connector.pull.sessions?.(asked([dupont])));
      expect(rejected).toEqual([]);
      expect(rows.map(({ sourceId }) => sourceId).sort()).toEqual(ids.map(String).sort());
      expect(rows[0]).toEqual({
        sourceId: String(ids[0]),
        clientId: String(dupont),
        technicianId: String(ada),
        technician: 'Ada Byron',
        technicianEmail: 'ada.byron@msp.example',
        device: 'DUPONT-PC1',
        ticketId: null,
        entryId: null,
        startedAt: '2026-03-02T00:00:00.500Z',
        endedAt: '2026-03-02T00:30:00.000Z',
        updatedAt: '2026-03-02T00:30:00.000Z',
      });
    }));

  test('of TeamViewer end when they are cancelled; a cancelled or merely initiated attempt is none', () =>
    withNinjaone(
      async ({ state, connector }) => {
        const deviceId = state.addDevice(state.addOrganization('Dupont'), 'PC1');
        const userId = state.addTechnician('Ada', 'Byron');
        const note = (tool: 'SPLASHTOP' | 'TEAMVIEWER', code: string, time: string) =>
          state.addActivity({
            ...{ activityType: tool, deviceId, userId, statusCode: `${tool}_CONNECTION_${code}` },
            atMs: Date.parse(`2026-03-02T${time}:00Z`),
          });
        note('TEAMVIEWER', 'CANCELLED', '08:00');
        note('TEAMVIEWER', 'ESTABLISHED', '09:00');
        note('TEAMVIEWER', 'CANCELLED', '09:30');
        note('TEAMVIEWER', 'ESTABLISHED', '10:00');
        note('TEAMVIEWER', 'TERMINATED', '10:45');
        note('TEAMVIEWER', 'CANCELLED', '11:00');
        note('SPLASHTOP', 'INITIATED', '12:00');
        note('SPLASHTOP', 'ESTABLISHED', '12:01');
        note('SPLASHTOP', 'TERMINATED', '12:30');
        const clientIds = await readAll(connector.pull.clients?.(asked([1])));
        const ours = clientIds.rows.map(({ sourceId }) => Number(sourceId));
        const { rows, rejected } = await readAll(connector.pull.sessions?.(asked(ours)));
        expect(rejected).toEqual([]);
        expect(
          rows.map(
            ({ startedAt, endedAt }) => `${startedAt.slice(11, 16)} ${endedAt.slice(11, 16)}`,
          ),
        ).toEqual(['12:01 12:30', '10:00 10:45', '09:00 09:30']);
      },
      { settings: { remoteTools: ['splashtop', 'teamviewer'] } },
    ));

  test('that began before the watermark and ended after it are not lost between pages', () =>
    withNinjaone(
      async ({ state, connector }) => {
        const dupont = state.addOrganization('Dupont');
        const technicianId = state.addTechnician('Ada', 'Byron');
        const [long = 0, busy = 0] = ['PC1', 'PC2'].map((name) => state.addDevice(dupont, name));
        const since = '2026-03-02T12:00:00.000Z';
        const startMs = Date.parse('2026-03-02T03:00:00Z');
        state.addSession({
          deviceId: long,
          technicianId,
          startedAt: startMs,
          endedAt: '2026-03-02T12:30:00Z',
        });
        for (let hour = 1; hour < 9; hour += 1) {
          const startedAt = startMs + hour * 3_600_000;
          state.addSession({
            deviceId: busy,
            technicianId,
            startedAt,
            endedAt: startedAt + 60_000,
          });
        }
        const { rows } = await readAll(connector.pull.sessions?.(asked([dupont], { since })));
        expect(rows).toMatchObject([
          { startedAt: '2026-03-02T03:00:00.000Z', endedAt: '2026-03-02T12:30:00.000Z' },
        ]);
      },
      { settings: { pageSize: 3, remoteTools: ['splashtop'] } },
    ));

  test('are not taken for others where the vendor repeats a part of a page', () =>
    withNinjaone(
      async ({ state, connector, sandbox }) => {
        const dupont = state.addOrganization('Dupont');
        const technicianId = state.addTechnician('Ada', 'Byron');
        const deviceId = state.addDevice(dupont, 'PC1');
        for (let hour = 1; hour < 7; hour += 1) {
          const startedAt = Date.parse('2026-03-02T09:00:00Z') + hour * 3_600_000;
          state.addSession({ deviceId, technicianId, startedAt, endedAt: startedAt + 60_000 });
        }
        // The first page is past when the second is requested.
        const read = connector.pull.sessions?.(asked([dupont]));
        const rows: string[] = [];
        for await (const page of read ?? []) {
          if (rows.length === 0) sandbox.faults.add('duplicate-page', { path: /activities$/ });
          rows.push(...page.rows.map(({ sourceId }) => sourceId));
          expect(page.rejected).toEqual([]);
        }
        expect(new Set(rows).size).toBe(6);
        expect(rows).toHaveLength(6);
      },
      { settings: { pageSize: 6, remoteTools: ['splashtop'] } },
    ));

  test('that cannot be assigned are quarantined; those of other clients are not requested', () =>
    withNinjaone(async ({ state, connector }) => {
      const [ours = 0, other = 0] = ['Ours', 'Other'].map((name) => state.addOrganization(name));
      const technicianId = state.addTechnician('Ada', 'Byron');
      const otherDevice = state.addDevice(other, 'OTHER-PC');
      const at = '2026-03-02T09:00:00Z';
      state.addSession({ deviceId: otherDevice, technicianId, startedAt: at, endedAt: null });
      state.addSession({
        deviceId: otherDevice,
        technicianId,
        startedAt: at,
        endedAt: '2026-03-02T10:00:00Z',
      });
      const nowhere = state.addActivity({
        atMs: Date.parse(at),
        activityType: 'NINJA_QUICK_CONNECT',
        statusCode: 'QC_SESSION_STARTED',
        deviceId: null,
        userId: technicianId,
      });
      const { rows, rejected } = await readAll(connector.pull.sessions?.(asked([ours])));
      expect(rows).toEqual([]);
      expect(rejected).toMatchObject([
        {
          sourceId: String(nowhere),
          reason: 'The session names no device, or no technician.',
        },
      ]);
    }));

  test('on a device that came since the devices were read are placed all the same', () => {
    let nowMs = Date.now();
    return withNinjaone(
      async ({ state, connector, takeRequests }) => {
        const dupont = state.addOrganization('Dupont');
        const technicianId = state.addTechnician('Ada', 'Byron');
        const addOn = (name: string, startedAt: string, endedAt: string): void => {
          const deviceId = state.addDevice(dupont, name);
          state.addSession({ deviceId, technicianId, startedAt, endedAt });
        };
        addOn('PC1', '2026-03-02T09:00:00Z', '2026-03-02T09:30:00Z');
        await readAll(connector.pull.sessions?.(asked([dupont])));
        await readAll(connector.pull.sessions?.(asked([dupont])));
        expect(takeRequests().filter((line) => line.endsWith('/devices'))).toHaveLength(2);
        nowMs += 300_000;
        addOn('PC2', '2026-03-02T11:00:00Z', '2026-03-02T11:30:00Z');
        const { rows } = await readAll(connector.pull.sessions?.(asked([dupont])));
        expect(rows.map(({ clientId }) => clientId)).toEqual([String(dupont), String(dupont)]);
        expect(takeRequests().filter((line) => line.endsWith('/devices'))).toHaveLength(2);
      },
      { settings: { remoteTools: ['splashtop'] }, now: () => nowMs },
    );
  });
});

/** Two kinds of world: PSAs in memory, and a PSA over real HTTP. */
import type { Random } from '../demo/random.ts';
import type { FaultOptions, FaultKind as WireFault } from '../sandbox/server.ts';
import type { FaultKind, Faults } from './faults.ts';
import { HttpPsa } from './http-psa.ts';
import type { Clock, World } from './office.ts';
import { ScriptedProvider } from './scripted-provider.ts';
import { ScriptedPsa } from './scripted-psa.ts';

/** One that lists all its time, and one that shows it ticket by ticket. */
export async function createScriptedWorld(clock: Clock, faults: Faults): Promise<World> {
  const shared = { now: () => clock.nowMs, faults };
  return {
    systems: [
      new ScriptedPsa({
        ...shared,
        name: 'psa',
        pageSize: 3,
        firstId: 100,
        isTimePerTicket: false,
      }),
      new ScriptedPsa({
        ...shared,
        name: 'rmm',
        pageSize: 2,
        firstId: 5000,
        isTimePerTicket: true,
      }),
    ],
    provider: new ScriptedProvider({ ...shared, pageSize: 2 }),
    aheadMsMax: Number.POSITIVE_INFINITY,
    disturb: () => {},
    calm: () => {},
    close: async () => {},
  };
}

interface OnTheWire {
  kind: WireFault;
  counted: FaultKind;
  options: FaultOptions;
}

/** Reads are tried again at once, which takes real time: one of them at most, beside writes. */
const disturbances: readonly OnTheWire[] = [
  { kind: 'lost-answer', counted: 'lost-answer', options: { method: 'POST' } },
  { kind: 'lost-answer', counted: 'lost-answer', options: { method: 'POST', path: /products$/ } },
  { kind: 'lost-answer', counted: 'lost-answer', options: { method: 'PATCH' } },
  { kind: 'server-error', counted: 'failed-write', options: { method: 'POST' } },
  { kind: 'html', counted: 'html', options: { method: 'POST' } },
  { kind: 'html', counted: 'html', options: { method: 'GET' } },
  { kind: 'duplicate-page', counted: 'duplicate-page', options: {} },
  { kind: 'unauthorized', counted: 'expired-token', options: {} },
  { kind: 'server-error', counted: 'server-error', options: { method: 'GET' } },
  {
    kind: 'rate-limited',
    counted: 'rate-limited',
    options: { method: 'GET', times: 2, retryAfterSeconds: 0 },
  },
];

export async function createHttpWorld(clock: Clock, faults: Faults): Promise<World> {
  const psa = await HttpPsa.start(() => clock.nowMs);
  const wire = psa.sandbox.faults;
  let planned: OnTheWire[] = [];
  return {
    systems: [psa],
    provider: null,
    // The sandbox answers with the date of the real clock, which is far ahead of this one.
    aheadMsMax: 9 * 60_000,
    disturb(random: Random) {
      planned = random.shuffle(disturbances).slice(0, random.whole(0, 2));
      for (const { kind, options } of planned) wire.add(kind, options);
    },
    calm() {
      const waiting = wire.waiting();
      for (const { kind, counted } of planned) if (!waiting.includes(kind)) faults.count(counted);
      wire.clear();
    },
    close: () => psa.sandbox.close(),
  };
}

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Middleman {
  /** `https://127.0.0.1:PORT` */
  baseUrl: string;
  /** Does it once, when the server has sent so many more pieces. */
  after(pieces: number, act: () => void): void;
  close(): Promise<void>;
}

/** Passes encrypted bytes on as they are, and knows how many came: so that a server can be killed in the middle. */
export async function startMiddleman(port: number): Promise<Middleman> {
  let wanted = Number.POSITIVE_INFINITY;
  let passed = 0;
  let doThen = (): void => {};
  const sockets = new Set<Socket>();
  const middle = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
    far.on('data', () => {
      passed += 1;
      if (passed === wanted) doThen();
    });
  });
  await new Promise<void>((resolve) => middle.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `https://127.0.0.1:${(middle.address() as AddressInfo).port}`,
    after(pieces, act) {
      [passed, wanted] = [0, pieces];
      doThen = act;
    },
    close: () =>
      new Promise((resolve) => {
        middle.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

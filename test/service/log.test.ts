import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { KindError } from '../../src/domain/errors.ts';
import { Redactor } from '../../src/domain/redaction.ts';
import {
  createLog,
  type LogOptions,
  readLogSettings,
  withLogFields,
} from '../../src/service/app/log.ts';

const redactor = new Redactor(['s3cret-key', 's3cret-key-longer']);

function logTo(format: LogOptions['format']) {
  const stream = new PassThrough();
  const log = createLog({ format, level: 'debug', redactor, stream });
  return { log, written: () => String(stream.read() ?? '') };
}

test('a machine gets one JSON object a line, with the run on every line', async () => {
  const { log, written } = logTo('json');
  // A connection's logger is older than the run that it writes in.
  const connection = log.child({ connection: 'psa' });
  await withLogFields({ run: 'r-1' }, async () => {
    log.info('Step finished.', { step: 'pull', rows: 3 });
    await Promise.resolve();
    connection.warn('Slow.');
  });
  log.info('The service has stopped.');
  const lines = written()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(3);
  expect(lines[2]).not.toHaveProperty('run');
  expect(lines[0]).toMatchObject({ run: 'r-1', step: 'pull', rows: 3, level: 'info' });
  expect(lines[1]).toMatchObject({ run: 'r-1', connection: 'psa', message: 'Slow.' });
  expect(Number.isNaN(Date.parse(lines[0].at))).toBe(false);
});

test('a terminal gets a line for people', () => {
  const { log, written } = logTo('pretty');
  log.error('The vendor refused us.', { connection: 'psa', status: 401 });
  expect(written()).toMatch(
    /^\d\d:\d\d:\d\d ERROR The vendor refused us\. connection=psa status=401\n$/,
  );
});

test('a terminal does not obey what a log line quotes', () => {
  const { log, written } = logTo('pretty');
  log.warn('Refused.', { reason: 'no\u001b[2J\nERROR forged' });
  expect(written()).toMatch(/^\d\d:\d\d:\d\d WARN {2}Refused\. reason=no.*ERROR forged\n$/);
  expect(written()).not.toContain('\u001b');
});

test.each(['json', 'pretty'] as const)(
  'no secret leaves in %s, however deep or joined',
  (format) => {
    const { log, written } = logTo(format);
    const cause = new Error('Basic s3cret-key-longer refused');
    log.error('Sent s3cret-key in vain.', {
      url: 'https://host/?k=s3cret-key',
      deep: [{ headers: { authorization: 's3cret-key-longer' } }],
      error: new KindError('auth', 'The key s3cret-key is wrong.', { cause }),
    });
    const text = written();
    expect(text).not.toContain('s3cret-key');
    expect(text).not.toContain('longer');
    expect(text).toContain('[secret]');
  },
);

test('what was written for or by a client is not repeated', () => {
  const { log, written } = logTo('json');
  log.debug('Sending.', {
    message: 'x',
    payload: { key: 'ph:1', body: 'Dear Mr Dupont, your hours' },
  });
  log.debug('Read.', { rows: [{ note: 'Password of the CFO reset', notes: 'see above' }] });
  const text = written();
  expect(text).not.toMatch(/Dupont|CFO|see above/);
  expect(text).toContain('[text of 26 characters]');
});

test('the environment chooses format and level, and what it misspells is refused', () => {
  expect(readLogSettings({}, true)).toEqual({ format: 'pretty', level: 'info' });
  expect(readLogSettings({ LOG_FORMAT: '', LOG_LEVEL: '' }, false)).toEqual({
    format: 'json',
    level: 'info',
  });
  const asked = { LOG_FORMAT: 'json', LOG_LEVEL: 'debug' };
  expect(readLogSettings(asked, true)).toEqual({ format: 'json', level: 'debug' });
  expect(() => readLogSettings({ LOG_LEVEL: 'DEBUGG' }, false)).toThrow(/LOG_LEVEL: "DEBUGG"/);
  expect(() => readLogSettings({ LOG_FORMAT: 'xml' }, false)).toThrow(/LOG_FORMAT: "xml"/);
});

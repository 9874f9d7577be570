/** `npm run pictures`: makes the README's pictures from the demo. The statement's needs a browser. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser, findChromium } from '../../support/chromium.ts';
import { drawTerminal, drawTicket } from './draw.ts';
import { pictureFolder, pictures } from './places.ts';
import { playPictures } from './sources.ts';
import { hashOf, stampPng } from './stamp.ts';

/** Down to where the work begins. */
const size = { width: 860, height: 668 };

const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-pictures-'));
try {
  const { balance, alert, statement } = await playPictures(join(folder, 'output'));
  mkdirSync(pictureFolder, { recursive: true });
  writeFileSync(pictures.balance, drawTerminal(balance));
  writeFileSync(pictures.alert, drawTicket(alert));
  const program = findChromium();
  if (program === null) {
    process.stderr.write(
      'No Chromium or Chrome here: the picture of the statement is unchanged.\n',
    );
    process.exitCode = 1;
  } else {
    const page = join(folder, 'statement.html');
    writeFileSync(page, statement);
    const png = await photograph(program, page);
    writeFileSync(pictures.statement, stampPng(png, hashOf(statement)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function photograph(program: string, page: string): Promise<Buffer> {
  const browser = await Browser.open(program);
  try {
    await browser.resize(size.width, size.height);
    await browser.send('Emulation.setScrollbarsHidden', { hidden: true });
    await browser.goTo(`file://${page}`);
    const { data } = await browser.send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(String(data), 'base64');
  } finally {
    await browser.close();
  }
}

export interface Part {
  name: string;
  contentType: string;
  body: string;
}

/** The parts of a multipart/form-data body, or null where the content type says it is none. */
export function parseMultipart(contentType: string, body: string): Part[] | null {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return null;
  const parts: Part[] = [];
  for (const chunk of body.split(`--${boundary}`).slice(1)) {
    const [head = '', ...rest] = chunk.split('\r\n\r\n');
    const name = /name="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined) continue;
    parts.push({
      name,
      contentType: /content-type:\s*([^\r\n;]+)/i.exec(head)?.[1]?.trim() ?? 'text/plain',
      body: rest.join('\r\n\r\n').replace(/\r\n$/, ''),
    });
  }
  return parts;
}

import { mkdir, open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * An append-only file of frames, each one append: length and checksum of what follows, then the events, each with its
 * length. A frame is whole or it isn't there: what a kill left half-written is cut off when the file is opened.
 */
export class LogFile {
  private constructor(private readonly handle: FileHandle) {}

  /** Opens or makes the file; `frames` are those that it holds. */
  static async open(path: string): Promise<{ file: LogFile; frames: readonly (readonly Uint8Array[])[] }> {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'a');
    const bytes = await readFile(path);
    const { frames, end } = readFrames(bytes);
    if (end < bytes.length) await truncate(path, end);
    return { file: new LogFile(handle), frames };
  }

  /** Durable when it resolves. */
  async append(frames: readonly (readonly Uint8Array[])[]): Promise<void> {
    const buffers = frames.flatMap(frameBuffers);
    const { bytesWritten } = await this.handle.writev(buffers);
    const wanted = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    if (bytesWritten < wanted)
      throw new Error(`only ${bytesWritten} of ${wanted} bytes were written: is the disk full?`);
    await this.handle.datasync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

const HEADER_BYTES = 8;

function frameBuffers(events: readonly Uint8Array[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const event of events) {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(event.length);
    parts.push(length, event);
  }
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(crc32(body), 4);
  return [header, body];
}

function readFrames(bytes: Buffer): { frames: Uint8Array[][]; end: number } {
  const frames: Uint8Array[][] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const body = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    if (body.length < length || crc32(body) !== bytes.readUInt32LE(at + 4)) break;
    frames.push(readEvents(body));
    at += HEADER_BYTES + length;
  }
  return { frames, end: at };
}

function readEvents(body: Buffer): Uint8Array[] {
  const events: Uint8Array[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const length = body.readUInt32LE(at);
    events.push(body.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return events;
}

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { temporaryFolder } from '#test/support/temporary-folder';
import { LogFile } from './log-file.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const texts = (frames: readonly (readonly Uint8Array[])[]): string[][] =>
  frames.map((events) => events.map((event) => Buffer.from(event).toString()));

describe('the file of the stand-in for EventStoreDB', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;

  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder.path, 'in', 'a', 'folder', 'log');
    const { file, frames } = await LogFile.open(path);
    assert.deepEqual(frames, []);
    await file.append([[bytes('a'), bytes('bb')], [bytes('ccc')]]);
    await file.close();
  });
  afterEach(() => folder.remove());

  async function reopened(): Promise<string[][]> {
    const { file, frames } = await LogFile.open(path);
    await file.close();
    return texts(frames);
  }

  it('gives back what was appended', async () => {
    assert.deepEqual(await reopened(), [['a', 'bb'], ['ccc']]);
  });

  it('cuts off an append of which a part is missing, and goes on there', async () => {
    for (const cut of [1, 5, 10]) {
      const whole = readFileSync(path);
      truncateSync(path, whole.length - cut);
      const { file, frames } = await LogFile.open(path);
      assert.deepEqual(texts(frames), [['a', 'bb']]);
      await file.append([[bytes('ccc')]]);
      await file.close();
      assert.deepEqual(await reopened(), [['a', 'bb'], ['ccc']]);
    }
  });

  it('cuts off what is not what was written', async () => {
    const damaged = readFileSync(path);
    damaged.writeUInt8(0, damaged.length - 1);
    writeFileSync(path, damaged);
    appendFileSync(path, 'rest');
    assert.deepEqual(await reopened(), [['a', 'bb']]);
  });
});

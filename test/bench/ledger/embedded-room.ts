import type { EmbeddedEngines } from '#embedded/engines';
import { temporaryFolder } from '#test/support/temporary-folder';
import type { BenchRoom } from './bench-room.js';
import { openBenchEngines } from './engine-room.js';

/** The SQLite engines in a folder of their own. */
export class EmbeddedRoom implements BenchRoom {
  private constructor(
    readonly engines: EmbeddedEngines,
    private readonly folder: ReturnType<typeof temporaryFolder>,
  ) {}

  static async open(): Promise<EmbeddedRoom> {
    const folder = temporaryFolder();
    return new EmbeddedRoom(await openBenchEngines(folder.path), folder);
  }

  get dataFolder(): string {
    return this.folder.path;
  }

  close(): Promise<void> {
    return this.engines.close();
  }

  async remove(): Promise<void> {
    this.folder.remove();
  }
}

// Takes the lock of a data folder, says so, and holds it until it is killed.
import { DataFolderLock } from '#platform/sqlite/data-folder-lock';

const [folder = ''] = process.argv.slice(2);
const lock = DataFolderLock.acquire(folder);
process.stdout.write(`locked ${lock.folder}\n`);
setInterval(() => lock.folder, 60_000);

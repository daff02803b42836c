import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Book } from './book/book.js';
import { registerControlApi } from './control-api.js';
import { FrontDesk } from './front-desk.js';
import { LiveSettings } from './live-settings.js';
import { Scheduler } from './scheduler.js';
import type { Vendor } from './script.js';
import { makeServer } from './server.js';
import type { SandboxSettings } from './settings.js';
import { Cashy } from './vendors/cashy/vendor.js';
import { chainpayKeys } from './vendors/chainpay/keys.js';
import { Chainpay } from './vendors/chainpay/vendor.js';
import { Dvpay } from './vendors/dvpay/vendor.js';
import { Goldenpay } from './vendors/goldenpay/vendor.js';
import { Revere } from './vendors/revere/vendor.js';
import type { VendorApi } from './vendors/vendor-api.js';

export interface Sandbox {
  readonly url: string;
  close(): Promise<void>;
}

export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Loopback if absent: whoever reaches it can script it. */
  readonly host?: string;
  readonly dataFolder: string;
  readonly settings: SandboxSettings;
}

/** Starts the five vendors on one port, with their book in the data folder. */
export async function startSandbox({
  port,
  host = '127.0.0.1',
  dataFolder,
  settings,
}: SandboxOptions): Promise<Sandbox> {
  mkdirSync(dataFolder, { recursive: true });
  const book = new Book(dataFolder);
  const live = new LiveSettings(book, settings);
  const vendors: readonly VendorApi[] = [
    new Dvpay(settings.dvpay, book),
    new Goldenpay(settings.goldenpay, book),
    new Cashy(settings.cashy, book),
    new Revere(settings.revere, book),
    new Chainpay(settings.chainpay, chainpayKeys(settings.chainpay, dataFolder), book),
  ];
  const apis = new Map<Vendor, VendorApi>(vendors.map((api) => [api.vendor, api]));
  const scheduler = new Scheduler(book, apis, live, settings, (reason) => console.error(reason));
  const wake = () => scheduler.wake();
  const server = makeServer(vendors, new FrontDesk(book, settings, wake));
  registerControlApi(server, { book, live, settings, changed: wake });
  await server.listen({ host, port });
  wake();
  return {
    url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    close: async () => {
      await server.close();
      await scheduler.stop();
      book.close();
    },
  };
}

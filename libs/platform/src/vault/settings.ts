import { parsedSecret } from '../config/setting.js';
import { MasterKey } from './master-key.js';

/** The variable that holds the master key. */
export const MASTER_KEY_SETTING = parsedSecret('PAYOUT_MASTER_KEY', {
  description: 'Root of all keys. Keep it apart from the data: without it, personal data is lost',
  expects: '32 random bytes, made with: openssl rand -base64 32',
  read: (value) => MasterKey.parse(value),
});

import { writeFileSync } from 'node:fs';
import { envExample } from './env-example.js';
import { ROOT } from './pages.js';

writeFileSync(new URL('.env.example', ROOT), envExample());

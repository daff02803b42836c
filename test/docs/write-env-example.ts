import { writeFileSync } from 'node:fs';
import { envExample, productionEnvExample } from './env-example.js';
import { ROOT } from './pages.js';

writeFileSync(new URL('.env.example', ROOT), envExample());
writeFileSync(new URL('.env.production.example', ROOT), productionEnvExample());

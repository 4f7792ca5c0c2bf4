// SPDX-License-Identifier: GPL-3.0-or-later
/** run.js list | run.js SCENARIO BASE-URL */

import * as scenarios from './scenarios.js';

const [name, base] = process.argv.slice(2);
if (name === 'list') {
  console.log(Object.keys(scenarios).join('\n'));
  process.exit(0);
}
process.on('unhandledRejection', (error) => {
  throw error;
});
await scenarios[name](base);
process.exit(0); /* sockets that a scenario left open are no reason to wait */

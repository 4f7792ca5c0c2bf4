// SPDX-License-Identifier: GPL-3.0-or-later
/** Starts the page: one view, and a new stay in the call each time that somebody joins. */

import { reportErrors } from './errors.js';
import { text } from './i18n.js';
import { Stay } from './stay.js';
import { View } from './view.js';

const NAME_KEY = 'confab-name';

/** A browser may forbid the storage; then the name is typed again. */
function rememberName(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    console.debug('The name cannot be remembered');
  }
}

function recallName() {
  try {
    return localStorage.getItem(NAME_KEY) ?? '';
  } catch {
    return '';
  }
}

function canCall() {
  return 'RTCPeerConnection' in window && 'AudioContext' in window && 'WebSocket' in window;
}

function main() {
  reportErrors();
  const view = new View();
  if (!canCall()) {
    view.showEnd(text('tooOldHeading'), text('tooOldWords'), false);
    return;
  }
  const key = decodeURIComponent(location.pathname.split('/').pop());
  const isRelayOnly = new URLSearchParams(location.search).has('relay');
  let name = recallName();
  let stay = null;
  const join = () => {
    rememberName(name);
    stay = new Stay(view, key, name, isRelayOnly);
    stay.start();
  };
  view.addEventListener('join', (event) => {
    name = event.detail;
    join();
  });
  view.addEventListener('again', () => view.showJoin(name));
  view.addEventListener('leave', () => stay.leave());
  view.addEventListener('mute', () => stay.toggleMute());
  view.addEventListener('retry-microphone', () => stay.retryMicrophone());
  view.addEventListener('unblock', () => stay.unblock());
  window.addEventListener('pagehide', () => stay?.pause());
  view.showJoin(name);
}

main();

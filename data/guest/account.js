// SPDX-License-Identifier: GPL-3.0-or-later
/** The page behind the links in letters: another password, or the proof that an address is one's own; and where one asks for a letter. */

import { describeServer, forgotPassword, resetPassword, sendVerification, verifyEmail } from './api.js';
import { reportErrors } from './errors.js';
import { language, text, textOfCode } from './i18n.js';

/** A letter's purpose and its token, as confabd writes them into the link. */
const FRAGMENT = /^#(reset|verify)=([0-9a-z]{1,64})$/;

/**
 * What a letter can be for, and how one asks for it. Its refusals, by code, end it: heading and words. After its problems
 * one may try again; those of all are not repeated.
 */
const ERRANDS = {
  reset: {
    refusals: { 'not-allowed': ['spentHeading', 'resetSpent'] },
    done: ['resetDoneHeading', 'resetDoneWords'],
    run: (token) => resetPassword(token, element('password').value),
  },
  verify: {
    refusals: { 'not-allowed': ['spentHeading', 'verifySpent'], conflict: ['takenHeading', 'takenWords'] },
    done: ['verifyDoneHeading', 'verifyDoneWords'],
    run: verifyEmail,
  },
  forgot: {
    refusals: {},
    done: ['sentHeading', 'forgotSent'],
    run: () => forgotPassword(element('forgot-login').value.trim()),
  },
  again: {
    refusals: { conflict: ['noAddressHeading', 'noAddressWords'] },
    problems: { 'not-authenticated': 'wrongPassword', 'not-allowed': 'accountDisabled' },
    done: ['sentHeading', 'againSent'],
    run: () => sendVerification(element('again-login').value.trim(), element('again-password').value),
  },
};

function element(id) {
  return document.getElementById(id);
}

/** Takes the token out of the address bar, where it would be seen, copied and remembered. */
function takeLetter() {
  const [, purpose, token] = FRAGMENT.exec(location.hash) ?? [];
  history.replaceState(null, '', location.pathname);
  return purpose === undefined ? null : { purpose, token };
}

/** Shows one view from its top: who listens to the screen hears the heading. */
function show(id) {
  for (const view of document.querySelectorAll('main')) {
    view.hidden = view.id !== id;
  }
  document.querySelector(`#${id} h1`).focus();
}

function showEnd([heading, words]) {
  element('end-heading').textContent = text(heading);
  element('end-words').textContent = text(words);
  show('end-view');
}

function setPeek(isShown) {
  element('peek').checked = isShown;
  for (const id of ['password', 'repeat']) {
    element(id).type = isShown ? 'text' : 'password';
  }
}

function setBusy(purpose, isBusy) {
  for (const control of element(`${purpose}-form`).elements) {
    control.disabled = isBusy;
  }
  element(`${purpose}-progress`).textContent = isBusy ? text('busy') : '';
}

function setProblem(purpose, words) {
  element(`${purpose}-error`).textContent = words;
  if (words !== '') {
    element(`${purpose}-form`).elements[0].focus();
  }
}

/** Does what the letter is for. An error that another try may heal leaves the form as it is. */
async function run({ purpose, token }) {
  const errand = ERRANDS[purpose];
  setProblem(purpose, '');
  setBusy(purpose, true);
  try {
    await errand.run(token);
    element(`${purpose}-form`).reset();
    showEnd(errand.done);
  } catch (error) {
    setBusy(purpose, false);
    if (Object.hasOwn(errand.refusals, error.code)) {
      showEnd(errand.refusals[error.code]);
    } else {
      const known = errand.problems?.[error.code];
      setProblem(purpose, known === undefined ? textOfCode(error.code) : text(known));
    }
  }
}

function onSubmit(event, letter) {
  event.preventDefault();
  if (letter.purpose === 'reset' && element('password').value !== element('repeat').value) {
    setProblem('reset', text('passwordsDiffer'));
  } else {
    run(letter);
  }
}

function prepare(letter) {
  const form = element(`${letter.purpose}-form`);
  form.reset();
  setBusy(letter.purpose, false);
  setProblem(letter.purpose, '');
  form.onsubmit = (event) => onSubmit(event, letter);
}

/** Without a letter one asks for one, where the server sends any. Whether it does is not known when it does not answer. */
async function showHelp() {
  const { mail } = await describeServer().catch(() => ({ mail: true }));
  if (!mail) {
    showEnd(['noMailHeading', 'noMailWords']);
    return;
  }
  prepare({ purpose: 'forgot' });
  prepare({ purpose: 'again' });
  show('help-view');
}

/** Starts with what the address bar has; again when a second letter is opened in the same tab. */
function open() {
  const hadFragment = location.hash !== '';
  const letter = takeLetter();
  if (letter !== null) {
    setPeek(false);
    prepare(letter);
    show(`${letter.purpose}-view`);
  } else if (hadFragment) {
    showEnd(['noErrandHeading', 'noErrandWords']);
  } else {
    showHelp();
  }
}

function main() {
  reportErrors();
  document.documentElement.lang = language;
  document.title = `${text('accountTitle')} – Confab`;
  document.querySelectorAll('[data-text]').forEach((node) => (node.textContent = text(node.dataset.text)));
  element('fallback').remove();
  element('peek').addEventListener('change', (event) => setPeek(event.target.checked));
  addEventListener('hashchange', open);
  open();
}

main();

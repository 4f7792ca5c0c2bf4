// SPDX-License-Identifier: GPL-3.0-or-later
/** What a foreign WebSocket client may try. Each scenario gets the base URL of a running daemon and throws when it is wronged. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Guest, Socket } from './client.js';

const MESSAGE_LIMIT_BYTES = 64 * 1024;

/** A ping of exactly that many bytes: blanks are part of JSON. */
function paddedPing(id, bytes) {
  const text = JSON.stringify({ type: 'ping', id });
  return text + ' '.repeat(bytes - text.length);
}

async function greeted(base, options) {
  return (await Guest.signIn(base, 'Ada')).greet(options);
}

/** Two guests in one call, a the host: {a, b, call}; what the arrival of b caused is consumed. */
async function pair(base) {
  const [host, other] = [await Guest.signIn(base, 'Ada'), await Guest.signIn(base, 'Bob')];
  const { call } = await host.createCall();
  await other.joinCall(call.code);
  const a = await host.enter(call.id);
  const b = await other.enter(call.id);
  assert.equal((await a.receive('participant-joined')).participant.id, b.joined.self);
  return { a, b, call };
}

export async function welcomesAndJoins(base) {
  const guest = await Guest.signIn(base, 'Ada Löwe');
  const { call } = await guest.createCall();
  const socket = await guest.enter(call.id);
  assert.equal(socket.ws.protocol, 'confab.v1');
  assert.equal(socket.welcome.seq, 1);
  assert.equal(socket.welcome.ping_interval_ms, 10000);
  assert.equal(socket.welcome.dead_after_ms, 25000);
  assert.equal(socket.welcome.user.display_name, 'Ada Löwe');
  const { joined } = socket;
  assert.equal(joined.call.id, call.id);
  assert.equal(joined.topology, 'mesh');
  assert.deepEqual(joined.participants.map((one) => one.id), [joined.self]);
  assert.ok(Math.abs(Date.parse(joined.room_started_at) - Date.now()) < 3600e3);
}

export async function doesNotAcceptDeflate(base) {
  const socket = await greeted(base, { perMessageDeflate: true });
  assert.equal(socket.ws.extensions, '');
  await socket.sync();
}

export async function joinsFragmentsOfText(base) {
  const socket = await greeted(base);
  const text = JSON.stringify({ type: 'ping', id: 7, note: 'ä€😀' });
  const bytes = Buffer.from(text);
  for (const [index, byte] of bytes.entries()) {
    socket.send(Buffer.from([byte]), { binary: false, fin: index === bytes.length - 1 });
  }
  assert.equal((await socket.receive('pong')).id, 7);
}

export async function answersControlFramesBetweenFragments(base) {
  const socket = await greeted(base);
  const text = JSON.stringify({ type: 'ping', id: 8 });
  socket.send(text.slice(0, 9), { fin: false });
  socket.ws.ping('between');
  const [payload] = await once(socket.ws, 'pong');
  assert.equal(payload.toString(), 'between');
  socket.send('', { fin: false });
  socket.send(text.slice(9), { fin: true });
  assert.equal((await socket.receive('pong')).id, 8);
}

export async function answersPings(base) {
  const socket = await greeted(base);
  for (const payload of ['', 'x'.repeat(125)]) {
    socket.ws.ping(payload);
    const [answer] = await once(socket.ws, 'pong');
    assert.equal(answer.toString(), payload);
  }
  socket.ws.pong('nobody asked');
  await socket.sync();
}

export async function keepsOrderWithinOneWrite(base) {
  const socket = await greeted(base);
  socket.ws._socket.cork();
  const ids = Array.from({ length: 50 }, (_, index) => index + 1);
  ids.forEach((id) => socket.send({ type: 'ping', id }));
  socket.ws._socket.uncork();
  for (const id of ids) {
    assert.equal((await socket.receive('pong')).id, id);
  }
}

export async function takesTheLargestMessage(base) {
  const socket = await greeted(base);
  socket.send(paddedPing(9, MESSAGE_LIMIT_BYTES));
  assert.equal((await socket.receive('pong')).id, 9);
}

export async function refusesTooLarge(base) {
  const socket = await greeted(base);
  socket.send(paddedPing(9, MESSAGE_LIMIT_BYTES + 1));
  await socket.refused('too-large', 4413);
}

export async function refusesTooLargeInFragments(base) {
  const socket = await greeted(base);
  const piece = ' '.repeat(MESSAGE_LIMIT_BYTES / 4);
  for (let sent = 0; sent < 5; sent += 1) {
    socket.send(piece, { fin: false }); /* it never ends: the sum counts, not the last fragment */
  }
  await socket.refused('too-large', 4413);
}

export async function refusesBinary(base) {
  const socket = await greeted(base);
  socket.send(Buffer.from('{"type":"ping","id":1}'), { binary: true });
  await socket.refused('bad-message', 4400);
}

export async function refusesWhatIsNoJson(base) {
  const guest = await Guest.signIn(base, 'Ada');
  for (const text of ['', '{', 'null', '[]', '{"type":"ping","id":1} x', '{"id":1}', '{"type":7}']) {
    const socket = await guest.greet();
    socket.send(text);
    await socket.refused('bad-message', 4400);
  }
}

export async function refusesDeepNesting(base) {
  const socket = await greeted(base);
  socket.send('['.repeat(60000));
  await socket.refused('bad-message', 4400);
}

export async function closesOnBrokenText(base) {
  const socket = await greeted(base);
  socket.send(Buffer.from([0x7b, 0xc3, 0x28, 0x7d]), { binary: false });
  assert.ok([1007, 4400].includes((await socket.closed).code));
}

export async function closesOnBrokenFraming(base) {
  const broken = {
    reservedOpcode: [0x83, 0x80, 0, 0, 0, 0],
    reservedBit: [0xc1, 0x80, 0, 0, 0, 0],
    fragmentedControl: [0x09, 0x80, 0, 0, 0, 0],
    longControl: [0x89, 0xfe, 0, 126, 0, 0, 0, 0, ...Array(126).fill(0x20)],
    continuationOfNothing: [0x80, 0x80, 0, 0, 0, 0],
  };
  const guest = await Guest.signIn(base, 'Ada');
  for (const [name, bytes] of Object.entries(broken)) {
    const socket = await guest.greet();
    socket.sendRaw(...bytes);
    assert.equal((await socket.closed).code, 1002, name);
  }
}

export async function closesOnFramesWithoutMask(base) {
  const socket = await greeted(base);
  socket.send({ type: 'ping', id: 1 }, { mask: false });
  assert.equal((await socket.closed).code, 1002);
}

export async function closesPolitely(base) {
  const guest = await Guest.signIn(base, 'Ada');
  for (const code of [1000, 1001, 4999]) {
    const socket = await guest.greet();
    socket.ws.close(code, 'done');
    assert.equal((await socket.closed).code, code);
  }
}

export async function answersUnknownKinds(base) {
  const socket = await greeted(base);
  for (const type of ['chat', 'moderate', 'ring-answer', 'x'.repeat(1000), 'süß']) {
    socket.send({ type });
    assert.equal((await socket.receive('error')).code, 'unsupported');
  }
  await socket.sync();
}

export async function wantsHelloFirst(base) {
  const guest = await Guest.signIn(base, 'Ada');
  const socket = await guest.connect();
  socket.send({ type: 'ping', id: 1 });
  await socket.refused('not-authenticated', 4401);
}

export async function refusesTickets(base) {
  const guest = await Guest.signIn(base, 'Ada');
  const hello = { type: 'hello', version: 1, device: { name: 'ws' }, features: ['audio'] };
  const ticket = await guest.ticket();
  const good = await guest.connect();
  good.send({ ...hello, ticket });
  await good.receive('welcome');
  const used = await guest.connect();
  used.send({ ...hello, ticket });
  await used.refused('ticket-used', 4401);
  const unknown = await guest.connect();
  unknown.send({ ...hello, ticket: '0'.repeat(26) });
  const { code } = await unknown.receive('error');
  assert.ok(code.startsWith('ticket-') || code === 'not-authenticated', code);
  assert.equal((await unknown.closed).code, 4401);
}

export async function refusesForeignOrigins(base) {
  const socket = await Socket.open(base, { origin: 'http://evil.example' });
  await socket.refused('bad-origin', 4403);
}

export async function refusesOtherSubProtocols(base) {
  assert.equal(await Socket.refusal(base, {}, []), 400);
  assert.equal(await Socket.refusal(base, {}, ['chat', 'confab.v9']), 400);
  const socket = await Socket.open(base, {}, ['confab.v9', 'confab.v1']);
  assert.equal(socket.ws.protocol, 'confab.v1');
}

export async function relaysSignalsInOrder(base) {
  const { a, b } = await pair(base);
  const payload = { sdp: 'v=0\r\n"\\\u0001ä€😀</script>', extra: { deep: [1.5, 0, 1e21, null, true, {}] } };
  const signal = (to, generation) => ({ type: 'signal', to, kind: 'offer', generation, payload });
  for (let generation = 1; generation <= 20; generation += 1) {
    a.send(signal(b.joined.self, generation));
    b.send(signal(a.joined.self, generation));
  }
  for (const [to, from] of [[b, a], [a, b]]) {
    for (let generation = 1; generation <= 20; generation += 1) {
      const message = await to.receive('signal');
      assert.equal(message.from, from.joined.self);
      assert.equal(message.generation, generation);
      assert.equal(message.kind, 'offer');
      assert.deepEqual(message.payload, payload);
    }
  }
}

export async function cannotForgeTheSender(base) {
  const { a, b } = await pair(base);
  a.send(
    `{"type":"signal","from":"${b.joined.self}","to":"${b.joined.self}","kind":"candidate","generation":1,"payload":{},"seq":99}`,
  );
  const message = await b.next();
  if (message.type === 'signal') {
    assert.equal(message.from, a.joined.self);
    assert.equal(message.seq, 3);
  } else {
    assert.equal(message.type, 'participant-left'); /* refusing whoever tries is right as well */
    await a.refused('bad-message', 4400);
  }
}

export async function signalsReachNobodyElse(base) {
  const { a, b } = await pair(base);
  const stranger = await pair(base);
  for (const to of ['0'.repeat(26), stranger.a.joined.self]) {
    a.send({ type: 'signal', to, kind: 'candidate', generation: 1, payload: {} });
    assert.equal((await a.receive('error')).code, 'no-such-participant');
  }
  await Promise.all([a.sync(), b.sync(), stranger.a.sync(), stranger.b.sync()]);
}

export async function tellsStateAndLeaving(base) {
  const { a, b, call } = await pair(base);
  b.send({ type: 'state', muted: true });
  const updated = await a.receive('participant-updated');
  assert.equal(updated.participant.id, b.joined.self);
  assert.equal(updated.participant.muted, true);
  b.send({ type: 'leave' });
  const left = await a.receive('participant-left');
  assert.deepEqual([left.participant, left.reason], [b.joined.self, 'left']);
  const third = await Guest.signIn(base, 'Cyd');
  await third.joinCall(call.code);
  const c = await third.enter(call.id);
  await a.receive('participant-joined');
  c.ws.terminate();
  const lost = await a.receive('participant-left');
  assert.deepEqual([lost.participant, lost.reason], [c.joined.self, 'lost']);
}

export async function endsForEverybody(base) {
  const { a, b, call } = await pair(base);
  b.send({ type: 'end' });
  assert.equal((await b.receive('error')).code, 'not-allowed');
  await b.sync();
  a.send({ type: 'end' });
  for (const socket of [a, b]) {
    const ended = await socket.receive('call-ended');
    assert.deepEqual([ended.call, ended.reason], [call.id, 'ended-by-host']);
    assert.equal((await socket.closed).code, 4410);
  }
}

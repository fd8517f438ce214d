'use strict';
// Runs every case against the router at the given address and prints "ok <case>" or "not ok <case>: <why>" for each.

const assert = require('node:assert/strict');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [address, token] = process.argv.slice(2);
const { interop } = grpc.loadPackageDefinition(loader.loadSync(path.join(__dirname, '..', 'interop.proto'), { keepCase: true, defaults: true }));
const options = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1, 'grpc.enable_http_proxy': 0 };
const credentials = grpc.credentials.createInsecure();
const client = new interop.Interop(address, credentials, options);
const { status } = grpc;

const limit = () => Date.now() + 60_000;

function metadata(entries = []) {
  const result = new grpc.Metadata();
  for (const [key, value] of entries) result.add(key, value);
  return result;
}

// Everything there is to know of a call: initial metadata, replies, and the status with the trailers.
function watch(call, outcome = { replies: [] }) {
  outcome.call = call;
  outcome.started = new Promise((resolve) => call.once('metadata', resolve));
  outcome.started.then((initial) => { outcome.initial = initial; });
  if (call.read) call.on('data', (reply) => outcome.replies.push(reply));
  call.on('error', () => {});
  outcome.ended = new Promise((resolve) => call.once('status', (end) => resolve(Object.assign(outcome, end))));
  return outcome;
}

function unary(method, request, { entries, deadline = limit(), on = client } = {}) {
  const outcome = { replies: [] };
  return watch(on[method](request, metadata(entries), { deadline }, (_, reply) => { if (reply) outcome.replies.push(reply); }), outcome);
}

function expand(request, { entries, deadline = limit() } = {}) {
  return watch(client.Expand(request, metadata(entries), { deadline }));
}

function collect(requests, { entries } = {}) {
  const outcome = { replies: [] };
  watch(client.Collect(metadata(entries), { deadline: limit() }, (_, reply) => { if (reply) outcome.replies.push(reply); }), outcome);
  for (const request of requests) outcome.call.write(request);
  outcome.call.end();
  return outcome;
}

function stream(method, { entries, deadline = limit() } = {}) {
  return watch(client[method](metadata(entries), { deadline }));
}

async function reply(outcome) {
  await outcome.ended;
  assert.equal(outcome.code, status.OK, outcome.details);
  assert.equal(outcome.replies.length, 1);
  return outcome.replies[0];
}

const nextReply = (call) => new Promise((resolve) => call.once('data', resolve));

// Bytes that gzip cannot make shorter.
function noise(length) {
  const result = Buffer.alloc(length);
  for (let i = 0, x = 1; i < length; i++) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    result[i] = x >>> 16;
  }
  return result;
}

const cases = {
  async 'unary'() {
    const answer = await reply(unary('Echo', { payload: Buffer.from('Ada') }));
    assert.deepEqual(answer.payload, Buffer.from('Ada'));
  },

  async 'server-streaming'() {
    const call = await expand({ payload: Buffer.from('Ada'), count: 300 }).ended;
    assert.equal(call.code, status.OK);
    assert.deepEqual(call.replies.map((answer) => answer.count), Array.from({ length: 300 }, (_, i) => i + 1));
  },

  async 'client-streaming'() {
    const answer = await reply(collect(Array.from({ length: 300 }, (_, i) => ({ payload: Buffer.alloc(i) }))));
    assert.deepEqual([answer.count, answer.bytes], [300, (299 * 300) / 2]);
    assert.equal((await reply(collect([]))).count, 0);
  },

  async 'duplex-streaming'() {
    const call = stream('Converse');
    for (let i = 1; i <= 20; i++) {
      call.call.write({ payload: Buffer.from(`turn ${i}`) });
      const answer = await nextReply(call.call);
      assert.deepEqual([answer.count, answer.payload.toString()], [i, `turn ${i}`]);
    }
    call.call.end();
    assert.equal((await call.ended).code, status.OK);
    assert.equal(call.replies.length, 20);
  },

  async 'metadata'() {
    const entries = [['initial-word', 'one, two  three'], ['trailing-word', '!#$%&~ %20']];
    for (const call of [unary('Echo', {}, { entries }), expand({ count: 2 }, { entries }), collect([{}], { entries })]) {
      await call.ended;
      assert.equal(call.code, status.OK);
      assert.deepEqual(call.initial.get('initial-word'), ['one, two  three']);
      assert.deepEqual(call.metadata.get('trailing-word'), ['!#$%&~ %20']);
    }
  },

  async 'binary-metadata'() {
    const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const call = await unary('Echo', {}, { entries: [['initial-bytes-bin', every], ['trailing-bytes-bin', Buffer.from([0, 255])]] }).ended;
    assert.deepEqual(call.initial.get('initial-bytes-bin'), [every]);
    assert.deepEqual(call.metadata.get('trailing-bytes-bin'), [Buffer.from([0, 255])]);
  },

  async 'repeated-metadata'() {
    const values = ['b', 'a', 'b', 'c'];
    const bytes = values.map((value) => Buffer.from(value));
    const entries = [
      ...values.map((value) => ['initial-many', value]), ...bytes.map((value) => ['initial-many-bin', value]),
      ...values.map((value) => ['trailing-many', value]), ...bytes.map((value) => ['trailing-many-bin', value]),
    ];
    const call = await unary('Echo', {}, { entries }).ended;
    // Node's HTTP/2 joins repeated values with commas, which is the same thing by HTTP's rules.
    const split = (list) => list.flatMap((value) => (typeof value === 'string' ? value.split(', ') : [value]));
    assert.deepEqual(split(call.initial.get('initial-many')), values);
    assert.deepEqual(call.initial.get('initial-many-bin'), bytes);
    assert.deepEqual(split(call.metadata.get('trailing-many')), values);
    assert.deepEqual(call.metadata.get('trailing-many-bin'), bytes);
  },

  async 'headers-before-messages'() {
    const call = stream('Converse', { entries: [['initial-word', 'early']] });
    assert.deepEqual((await call.started).get('initial-word'), ['early']);
    assert.equal(call.replies.length, 0);
    call.call.end();
    assert.equal((await call.ended).code, status.OK);
  },

  async 'trailers-on-error'() {
    const entries = [['trailing-word', 'why'], ['trailing-bytes-bin', Buffer.from([1, 2])]];
    const call = await unary('Echo', { status: status.FAILED_PRECONDITION, message: 'no' }, { entries }).ended;
    assert.deepEqual([call.code, call.details], [status.FAILED_PRECONDITION, 'no']);
    assert.deepEqual(call.metadata.get('trailing-word'), ['why']);
    assert.deepEqual(call.metadata.get('trailing-bytes-bin'), [Buffer.from([1, 2])]);
  },

  async 'status-codes'() {
    for (let code = 1; code <= 16; code++) {
      for (const call of [unary('Echo', { status: code, message: `code ${code}` }), expand({ status: code, message: `code ${code}` })]) {
        await call.ended;
        assert.deepEqual([call.code, call.details], [code, `code ${code}`]);
      }
    }
  },

  async 'status-message'() {
    const message = ' no: 100 % of \u{1F600} and\nné\t"quotes" ';
    const call = await unary('Echo', { status: status.ABORTED, message }).ended;
    assert.deepEqual([call.code, call.details], [status.ABORTED, message]);
  },

  async 'status-details'() {
    const details = noise(500);
    const call = await unary('Echo', { status: status.INVALID_ARGUMENT, message: 'see the details', details }).ended;
    assert.equal(call.code, status.INVALID_ARGUMENT);
    assert.deepEqual(call.metadata.get('grpc-status-details-bin'), [details]);
  },

  async 'handler-exception'() {
    const call = await unary('Echo', { status: -1 }).ended;
    assert.equal(call.code, status.UNKNOWN);
    assert.doesNotMatch(call.details, /for the log alone/);
  },

  async 'error-after-messages'() {
    const call = await expand({ count: 5, status: status.DATA_LOSS, message: 'gone' }).ended;
    assert.deepEqual([call.code, call.details, call.replies.length], [status.DATA_LOSS, 'gone', 5]);
    const chat = stream('Converse');
    chat.call.write({ payload: Buffer.from('a') });
    await nextReply(chat.call);
    chat.call.write({ status: status.OUT_OF_RANGE, message: 'enough' });
    await chat.ended;
    assert.deepEqual([chat.code, chat.details, chat.replies.length], [status.OUT_OF_RANGE, 'enough', 1]);
  },

  async 'unknown-method'() {
    const call = await raw('/interop.Interop/Nothing').ended;
    assert.equal(call.code, status.UNIMPLEMENTED);
  },

  async 'unknown-service'() {
    const call = await raw('/interop.Nobody/Echo').ended;
    assert.equal(call.code, status.UNIMPLEMENTED);
  },

  async 'no-instance'() {
    const call = await unary('Echo', {}, { on: new interop.Absent(address, credentials, options) }).ended;
    assert.equal(call.code, status.UNAVAILABLE);
    assert.match(call.details, /interop\.Absent/);
  },

  async 'refused-callers'() {
    const on = new interop.Guarded(address, credentials, options);
    for (const [entries, code, reason] of [
      [[], status.UNAUTHENTICATED, 'UNAUTHENTICATED'],
      [[['authorization', 'Bearer grk_0123456789abcdef_x']], status.UNAUTHENTICATED, 'UNAUTHENTICATED'],
      [[['authorization', `Bearer ${token}`]], status.PERMISSION_DENIED, 'PERMISSION_DENIED'],
    ]) {
      const call = await unary('Echo', {}, { entries, on }).ended;
      assert.equal(call.code, code, call.details);
      assert.ok(call.metadata.get('grpc-status-details-bin')[0].includes(reason));
      if (code === status.UNAUTHENTICATED) assert.deepEqual(call.metadata.get('www-authenticate'), ['Bearer']);
    }
  },

  async 'health'() {
    for (const [service, answer] of [['', [8, 1]], ['interop.Interop', [8, 1]], ['interop.Absent', [8, 2]]]) {
      assert.deepEqual(await reply(raw('/grpc.health.v1.Health/Check', named(service))), Buffer.from(answer));
    }
    assert.equal((await raw('/grpc.health.v1.Health/Check', named('interop.Nobody')).ended).code, status.NOT_FOUND);
    const listed = await reply(raw('/grpc.health.v1.Health/List'));
    assert.ok(listed.includes(Buffer.concat([named('interop.Absent').subarray(2), Buffer.from([0x12, 2, 8, 2])])));
  },

  async 'health-watch'() {
    for (const [service, answer] of [['interop.Interop', [8, 1]], ['interop.Nobody', [8, 3]]]) {
      const call = client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', (bytes) => bytes, (bytes) => bytes, named(service), metadata(), { deadline: limit() });
      call.on('error', () => {});
      assert.deepEqual(await nextReply(call), Buffer.from(answer));
      call.cancel();
    }
  },

  async 'deadline'() {
    const call = await unary('Mute', { key: 'node-deadline' }, { deadline: Date.now() + 300 }).ended;
    assert.equal(call.code, status.DEADLINE_EXCEEDED);
    await reply(unary('AwaitCancelled', { key: 'node-deadline' }));
  },

  async 'cancel-unary'() {
    const call = unary('Mute', { key: 'node-unary' });
    await reply(unary('AwaitStarted', { key: 'node-unary' }));
    call.call.cancel();
    assert.equal((await call.ended).code, status.CANCELLED);
    await reply(unary('AwaitCancelled', { key: 'node-unary' }));
  },

  async 'cancel-stream'() {
    const call = stream('MuteStream', { entries: [['key', 'node-stream']] });
    await call.started;
    call.call.cancel();
    assert.equal((await call.ended).code, status.CANCELLED);
    await reply(unary('AwaitCancelled', { key: 'node-stream' }));
  },

  // The router's limit is 6 MiB of what travels, so eight million zeros pass only if they were compressed in both directions.
  async 'gzip'() {
    const zipped = new interop.Interop(address, credentials, { ...options, 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
    const payload = Buffer.alloc(8_000_000);
    const answer = await reply(unary('Echo', { payload, encoding: 'gzip' }, { on: zipped }));
    assert.ok(answer.payload.equals(payload));
    assert.equal((await unary('Echo', { payload }, { on: zipped }).ended).code, status.RESOURCE_EXHAUSTED);
    assert.equal((await unary('Echo', { payload, encoding: 'gzip' }).ended).code, status.RESOURCE_EXHAUSTED);
  },

  async 'large-messages'() {
    const payload = noise(4 << 20);
    assert.ok((await reply(unary('Echo', { payload }))).payload.equals(payload));
    const call = await expand({ payload: payload.subarray(0, 1 << 20), count: 8 }).ended;
    assert.equal(call.code, status.OK);
    assert.ok(call.replies.every((answer) => answer.payload.equals(payload.subarray(0, 1 << 20))));
    assert.equal((await reply(collect(Array(8).fill({ payload: payload.subarray(0, 1 << 20) })))).bytes, 8 << 20);
  },

  async 'oversize-request'() {
    assert.equal((await unary('Echo', { payload: noise(7 << 20) }).ended).code, status.RESOURCE_EXHAUSTED);
    await reply(unary('Echo', {}));
  },

  async 'concurrent-calls'() {
    const echoes = Array.from({ length: 200 }, (_, i) => unary('Echo', { payload: Buffer.from(`call ${i}`) }));
    const streams = Array.from({ length: 50 }, (_, i) => expand({ payload: Buffer.from(`stream ${i}`), count: 10 }));
    for (const [i, echo] of echoes.entries()) {
      assert.equal((await reply(echo)).payload.toString(), `call ${i}`);
    }
    for (const [i, call] of streams.entries()) {
      await call.ended;
      assert.equal(call.code, status.OK);
      assert.deepEqual(call.replies.map((answer) => answer.payload.toString()), Array(10).fill(`stream ${i}`));
    }
  },
};

function raw(method, request = Buffer.alloc(0)) {
  const outcome = { replies: [] };
  const done = (_, answer) => { if (answer) outcome.replies.push(answer); };
  return watch(client.makeUnaryRequest(method, (bytes) => bytes, (bytes) => bytes, request, metadata(), { deadline: limit() }, done), outcome);
}

// HealthCheckRequest.
const named = (service) => Buffer.concat(service ? [Buffer.from([0x0a, service.length]), Buffer.from(service)] : []);

(async () => {
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run();
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`not ok ${name}: ${error.stack.replace(/\s*\n\s*/g, ' | ')}`);
    }
  }
  process.exit(0);
})();

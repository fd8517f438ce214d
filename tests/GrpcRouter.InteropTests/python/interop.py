"""Runs every case against the router at the given address and prints "ok <case>" or "not ok <case>: <why>" for each.

The messages are written and read field by field: interop.proto needs no more, and no protobuf package has to fit protoc.
"""

import queue
import sys
import traceback

import grpc

OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.enable_http_proxy", 0)]
REQUEST = {"payload": 1, "count": 2, "key": 3, "status": 4, "message": 5, "details": 6, "encoding": 7}
REPLY = {1: "payload", 2: "count", 3: "bytes"}
LIMIT = 60


def varint(number):
    number &= (1 << 64) - 1
    result = bytearray()
    while number > 0x7F:
        result.append(number & 0x7F | 0x80)
        number >>= 7
    result.append(number)
    return bytes(result)


def encode(fields):
    result = bytearray()
    for name, value in fields.items():
        if isinstance(value, int):
            result += varint(REQUEST[name] << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            result += varint(REQUEST[name] << 3 | 2) + varint(len(data)) + data
    return bytes(result)


def decode(data):
    position = 0

    def number():
        nonlocal position
        result = shift = 0
        while True:
            byte = data[position]
            position += 1
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result

    reply = {"payload": b"", "count": 0, "bytes": 0}
    while position < len(data):
        tag = number()
        value = number()
        if tag & 7 == 2:
            value, position = data[position:position + value], position + value
        reply[REPLY[tag >> 3]] = value
    return reply


class Stub:
    """The methods of a service on a channel."""

    def __init__(self, channel, service="interop.Interop"):
        def of(kind, method):
            return getattr(channel, kind)(f"/{service}/{method}", request_serializer=encode, response_deserializer=decode)

        self.echo = of("unary_unary", "Echo")
        self.expand = of("unary_stream", "Expand")
        self.collect = of("stream_unary", "Collect")
        self.converse = of("stream_stream", "Converse")
        self.mute = of("unary_unary", "Mute")
        self.mute_stream = of("stream_stream", "MuteStream")
        self.await_started = of("unary_unary", "AwaitStarted")
        self.await_cancelled = of("unary_unary", "AwaitCancelled")


def named(service):
    """HealthCheckRequest."""
    return b"\x0a" + varint(len(service)) + service.encode() if service else b""


def failure(call, replies=None):
    """The error that a call ends with; the replies before it go into a list, if the method streams them."""
    try:
        call.result() if replies is None else replies.extend(call)
    except grpc.RpcError as error:
        return error
    except grpc.FutureCancelledError:
        return call
    raise AssertionError("the call ended OK")


def values(metadata, key):
    return [entry.value for entry in metadata if entry.key == key]


def equal(actual, expected):
    assert actual == expected, f"{str(actual)[:400]} is not {str(expected)[:400]}"


def noise(length):
    """Bytes that gzip cannot make shorter."""
    result, x = bytearray(length), 1
    for i in range(length):
        x = (x * 1103515245 + 12345) & 0xFFFFFFFF
        result[i] = x >> 16 & 0xFF
    return bytes(result)


class Requests:
    """A request stream that is written while replies are read."""

    def __init__(self):
        self._queue = queue.Queue()

    def write(self, **fields):
        self._queue.put(fields)

    def end(self):
        self._queue.put(None)

    def __iter__(self):
        return iter(self._queue.get, None)


class Cases:
    def __init__(self, channel):
        self.channel = channel
        self.stub = Stub(channel)

    def unary(self):
        equal(self.stub.echo({"payload": b"Ada"}, timeout=LIMIT)["payload"], b"Ada")

    def server_streaming(self):
        replies = list(self.stub.expand({"payload": b"Ada", "count": 300}, timeout=LIMIT))
        equal([reply["count"] for reply in replies], list(range(1, 301)))

    def client_streaming(self):
        reply = self.stub.collect(({"payload": bytes(i)} for i in range(300)), timeout=LIMIT)
        equal((reply["count"], reply["bytes"]), (300, 299 * 300 // 2))
        equal(self.stub.collect(iter(()), timeout=LIMIT)["count"], 0)

    def duplex_streaming(self):
        requests = Requests()
        call = self.stub.converse(iter(requests), timeout=LIMIT)
        for i in range(1, 21):
            requests.write(payload=b"turn %d" % i)
            reply = next(call)
            equal((reply["count"], reply["payload"]), (i, b"turn %d" % i))
        requests.end()
        equal(list(call), [])
        equal(call.code(), grpc.StatusCode.OK)

    def metadata(self):
        entries = [("initial-word", "one, two  three"), ("trailing-word", "!#$%&~ %20")]
        stream = self.stub.expand({"count": 2}, metadata=entries, timeout=LIMIT)
        equal(len(list(stream)), 2)
        _, echo = self.stub.echo.with_call({}, metadata=entries, timeout=LIMIT)
        _, collect = self.stub.collect.with_call(iter([{}]), metadata=entries, timeout=LIMIT)
        for call in (stream, echo, collect):
            equal(values(call.initial_metadata(), "initial-word"), ["one, two  three"])
            equal(values(call.trailing_metadata(), "trailing-word"), ["!#$%&~ %20"])

    def binary_metadata(self):
        every = bytes(range(256))
        _, call = self.stub.echo.with_call({}, metadata=[("initial-bytes-bin", every), ("trailing-bytes-bin", b"\0\xff")], timeout=LIMIT)
        equal(values(call.initial_metadata(), "initial-bytes-bin"), [every])
        equal(values(call.trailing_metadata(), "trailing-bytes-bin"), [b"\0\xff"])

    def repeated_metadata(self):
        words = ["b", "a", "b", "c"]
        entries = [(f"{place}-many", word) for place in ("initial", "trailing") for word in words]
        entries += [(f"{place}-many-bin", word.encode()) for place in ("initial", "trailing") for word in words]
        _, call = self.stub.echo.with_call({}, metadata=entries, timeout=LIMIT)
        for metadata, place in ((call.initial_metadata(), "initial"), (call.trailing_metadata(), "trailing")):
            equal(values(metadata, f"{place}-many"), words)
            equal(values(metadata, f"{place}-many-bin"), [word.encode() for word in words])

    def headers_before_messages(self):
        requests = Requests()
        call = self.stub.converse(iter(requests), metadata=[("initial-word", "early")], timeout=LIMIT)
        equal(values(call.initial_metadata(), "initial-word"), ["early"])
        requests.end()
        equal(list(call), [])

    def trailers_on_error(self):
        entries = [("trailing-word", "why"), ("trailing-bytes-bin", b"\1\2")]
        error = failure(self.stub.echo.future({"status": 9, "message": "no"}, metadata=entries, timeout=LIMIT))
        equal((error.code(), error.details()), (grpc.StatusCode.FAILED_PRECONDITION, "no"))
        equal(values(error.trailing_metadata(), "trailing-word"), ["why"])
        equal(values(error.trailing_metadata(), "trailing-bytes-bin"), [b"\1\2"])

    def status_codes(self):
        for code in range(1, 17):
            request = {"status": code, "message": f"code {code}"}
            for error in (failure(self.stub.echo.future(request, timeout=LIMIT)), failure(self.stub.expand(request, timeout=LIMIT), [])):
                equal((error.code().value[0], error.details()), (code, f"code {code}"))

    def status_message(self):
        message = ' no: 100 % of \U0001F600 and\nn\u00e9\t"quotes" '
        error = failure(self.stub.echo.future({"status": 10, "message": message}, timeout=LIMIT))
        equal((error.code(), error.details()), (grpc.StatusCode.ABORTED, message))

    def status_details(self):
        details = noise(500)
        error = failure(self.stub.echo.future({"status": 3, "message": "see the details", "details": details}, timeout=LIMIT))
        equal(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        equal(values(error.trailing_metadata(), "grpc-status-details-bin"), [details])

    def handler_exception(self):
        error = failure(self.stub.echo.future({"status": -1}, timeout=LIMIT))
        equal(error.code(), grpc.StatusCode.UNKNOWN)
        assert "for the log alone" not in error.details(), error.details()

    def error_after_messages(self):
        replies = []
        error = failure(self.stub.expand({"count": 5, "status": 15, "message": "gone"}, timeout=LIMIT), replies)
        equal((error.code(), error.details(), len(replies)), (grpc.StatusCode.DATA_LOSS, "gone", 5))
        requests = Requests()
        chat = self.stub.converse(iter(requests), timeout=LIMIT)
        requests.write(payload=b"a")
        equal(next(chat)["payload"], b"a")
        requests.write(status=11, message="enough")
        error = failure(chat, [])
        equal((error.code(), error.details()), (grpc.StatusCode.OUT_OF_RANGE, "enough"))

    def unknown_method(self):
        call = self.channel.unary_unary("/interop.Interop/Nothing")
        equal(failure(call.future(b"", timeout=LIMIT)).code(), grpc.StatusCode.UNIMPLEMENTED)

    def unknown_service(self):
        call = self.channel.unary_unary("/interop.Nobody/Echo")
        equal(failure(call.future(b"", timeout=LIMIT)).code(), grpc.StatusCode.UNIMPLEMENTED)

    def no_instance(self):
        error = failure(Stub(self.channel, "interop.Absent").echo.future({}, timeout=LIMIT))
        equal(error.code(), grpc.StatusCode.UNAVAILABLE)
        assert "interop.Absent" in error.details(), error.details()

    def refused_callers(self):
        stub = Stub(self.channel, "interop.Guarded")
        for metadata, code in [
            ([], grpc.StatusCode.UNAUTHENTICATED),
            ([("x-api-key", "grk_0123456789abcdef_x")], grpc.StatusCode.UNAUTHENTICATED),
            ([("authorization", f"Bearer {sys.argv[2]}")], grpc.StatusCode.PERMISSION_DENIED),
        ]:
            error = failure(stub.echo.future({}, metadata=metadata, timeout=LIMIT))
            equal(error.code(), code)
            # Of a response that is trailers alone, this client hands the fields out as trailers.
            assert code.name.encode() in values(error.trailing_metadata(), "grpc-status-details-bin")[0]

    def health(self):
        check = self.channel.unary_unary("/grpc.health.v1.Health/Check")
        for service, answer in {"": b"\x08\x01", "interop.Interop": b"\x08\x01", "interop.Absent": b"\x08\x02"}.items():
            equal(check(named(service), timeout=LIMIT), answer)
        equal(failure(check.future(named("interop.Nobody"), timeout=LIMIT)).code(), grpc.StatusCode.NOT_FOUND)
        listed = self.channel.unary_unary("/grpc.health.v1.Health/List")(b"", timeout=LIMIT)
        equal([name in listed for name in (b"interop.Interop\x12\x02\x08\x01", b"interop.Absent\x12\x02\x08\x02")], [True, True])

    def health_watch(self):
        watch = self.channel.unary_stream("/grpc.health.v1.Health/Watch")
        for service, answer in {"interop.Interop": b"\x08\x01", "interop.Nobody": b"\x08\x03"}.items():
            call = watch(named(service), timeout=LIMIT)
            equal(next(call), answer)
            call.cancel()

    def deadline(self):
        error = failure(self.stub.mute.future({"key": "python-deadline"}, timeout=0.3))
        equal(error.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
        self.stub.await_cancelled({"key": "python-deadline"}, timeout=LIMIT)

    def cancel_unary(self):
        call = self.stub.mute.future({"key": "python-unary"}, timeout=LIMIT)
        self.stub.await_started({"key": "python-unary"}, timeout=LIMIT)
        call.cancel()
        equal(failure(call).code(), grpc.StatusCode.CANCELLED)
        self.stub.await_cancelled({"key": "python-unary"}, timeout=LIMIT)

    def cancel_stream(self):
        requests = Requests()
        call = self.stub.mute_stream(iter(requests), metadata=[("key", "python-stream")], timeout=LIMIT)
        call.initial_metadata()
        call.cancel()
        equal(failure(call, []).code(), grpc.StatusCode.CANCELLED)
        requests.end()
        self.stub.await_cancelled({"key": "python-stream"}, timeout=LIMIT)

    def gzip(self):
        # The router's limit is 6 MiB of what travels, so eight million zeros pass only if they were compressed in both directions.
        payload, gzip = bytes(8_000_000), grpc.Compression.Gzip
        equal(self.stub.echo({"payload": payload, "encoding": "gzip"}, compression=gzip, timeout=LIMIT)["payload"] == payload, True)
        exhausted = grpc.StatusCode.RESOURCE_EXHAUSTED
        equal(failure(self.stub.echo.future({"payload": payload}, compression=gzip, timeout=LIMIT)).code(), exhausted)
        equal(failure(self.stub.echo.future({"payload": payload, "encoding": "gzip"}, timeout=LIMIT)).code(), exhausted)

    def large_messages(self):
        payload = noise(4 << 20)
        part = payload[:1 << 20]
        equal(self.stub.echo({"payload": payload}, timeout=LIMIT)["payload"] == payload, True)
        equal([reply["payload"] == part for reply in self.stub.expand({"payload": part, "count": 8}, timeout=LIMIT)], [True] * 8)
        equal(self.stub.collect(iter([{"payload": part}] * 8), timeout=LIMIT)["bytes"], 8 << 20)

    def oversize_request(self):
        error = failure(self.stub.echo.future({"payload": noise(7 << 20)}, timeout=LIMIT))
        equal(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.stub.echo({}, timeout=LIMIT)

    def concurrent_calls(self):
        echoes = [self.stub.echo.future({"payload": b"call %d" % i}, timeout=LIMIT) for i in range(200)]
        streams = [self.stub.expand({"payload": b"stream %d" % i, "count": 10}, timeout=LIMIT) for i in range(50)]
        equal([echo.result()["payload"] for echo in echoes], [b"call %d" % i for i in range(200)])
        for i, stream in enumerate(streams):
            equal([reply["payload"] for reply in stream], [b"stream %d" % i] * 10)


def main():
    address = sys.argv[1]
    with grpc.insecure_channel(address, OPTIONS) as channel:
        cases = Cases(channel)
        for method in [name for name in vars(Cases) if not name.startswith("_")]:
            name = method.replace("_", "-")
            try:
                getattr(cases, method)()
                print(f"ok {name}", flush=True)
            except Exception:  # a case may fail in any way, and the next one runs all the same
                why = " | ".join(line.strip() for line in traceback.format_exc().splitlines())
                print(f"not ok {name}: {why}", flush=True)


main()

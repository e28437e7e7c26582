"""What being watched costs: CPU per message with outcome lines, /metrics, and spans, ours and FastStream's own."""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from bench.delivery import CONCURRENCY, GROUP, SINK, SOURCE, Body, _fill, _until_done
from services.console.local.embedded_valkey import start_valkey
from services.runtime.broker import build_broker
from services.runtime.delivery.policy import Policy
from services.runtime.logs import log_outcome, set_up_logs
from services.runtime.monitoring.metrics import Metrics
from services.runtime.monitoring.tracing import tracing
from services.runtime.settings import ServiceSettings
from services.runtime.subscriber import reliable
from services.runtime.wire import emit

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

VARIANTS = ("unwatched", "outcome line", "/metrics", "spans", "FastStream's spans")


class Sink(BaseHTTPRequestHandler):
    """A collector that reads and forgets, in this process's parent."""

    def do_POST(self) -> None:
        """Take what comes."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def consume(url: str, messages: int, variant: str) -> None:
    """Pass all messages on, watched as `variant` says."""
    broker = build_broker(ServiceSettings(redis_url=url))
    if variant == "/metrics":
        broker.add_middleware(Metrics("bench").middleware)
    if variant == "FastStream's spans":
        from faststream.redis.opentelemetry import RedisTelemetryMiddleware

        broker.add_middleware(RedisTelemetryMiddleware(tracer_provider=_stock_provider()))

    @reliable(broker, SOURCE, GROUP, policy=Policy(concurrency=CONCURRENCY))
    async def on_body(body: Body) -> None:
        emit(SINK, body)
        if variant == "outcome line":
            log_outcome("page_passed", "passed", number=body.id)

    await broker.start()
    await _until_done(url, messages)
    await broker.stop()


def _stock_provider() -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def measure_here(url: str, messages: int, variant: str, collector: str) -> float:
    """CPU of this process for one message, exporting included, in µs."""
    with ExitStack() as stack, Path("/dev/null").open("w") as nowhere:
        set_up_logs("bench", "info", stream=nowhere)
        if variant == "spans":
            stack.enter_context(tracing("bench", {"OTEL_EXPORTER_OTLP_ENDPOINT": collector}))
        began = time.process_time()
        asyncio.run(consume(url, messages, variant))
        return (time.process_time() - began) / messages * 1e6


def _measure(url: str, messages: int, variant: str, collector: str) -> float:
    asyncio.run(_fill(url, messages, 5_000))
    command = [
        sys.executable,
        "-m",
        "bench.monitoring",
        "--round",
        variant,
        "--url",
        url,
        "--collector",
        collector,
    ]
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "NO_PROXY": "127.0.0.1", "PATH": "/usr/bin:/bin"}
    said = subprocess.run(
        [*command, "--messages", str(messages)], capture_output=True, check=True, text=True, env=environ
    )
    return float(json.loads(said.stdout.splitlines()[-1]))


def main(argv: list[str]) -> int:
    """Measure all variants in turn, several rounds, on a server of its own."""
    parser = argparse.ArgumentParser(prog="./run bench monitoring", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--round", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--collector", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.round:
        print(measure_here(options.url, options.messages, options.round, options.collector))
        return 0
    sink = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    collector = f"http://127.0.0.1:{sink.server_port}"
    rounds: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    with tempfile.TemporaryDirectory() as folder:
        server = start_valkey(Path(folder))
        for _ in range(options.rounds):
            for variant, found in rounds.items():
                found.append(_measure(server.url, options.messages, variant, collector))
        server.stop()
    sink.shutdown()
    _report(rounds, options.messages)
    return 0


def _report(rounds: dict[str, list[float]], messages: int) -> None:
    base = statistics.median(rounds["unwatched"])
    print(f"{messages:,} messages of 5 KB in and out; median of {len(rounds['unwatched'])} rounds (range)\n")
    print("| watched by | CPU µs/message | more than unwatched |\n|---|---|---|")
    for variant, found in rounds.items():
        middle = statistics.median(found)
        print(f"| {variant} | {middle:.0f} ({min(found):.0f}–{max(found):.0f}) | {middle - base:+.0f} |")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

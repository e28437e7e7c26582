"""Ingest: pages/s against a bare httpx loop, the cost of following 5,000 sources, and ten hours of three replicas."""


def main(argv: list[str]) -> int:
    """Run the parts asked for; exit code 1 where a goal was missed."""
    from bench.ingest.command import main as run

    return run(argv)

"""The PostgreSQL that figures are made on is the one that operators are given."""

from pathlib import Path

from bench.embedded_postgres import TUNED

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose.yaml"


def test_claims_are_measured_on_a_server_set_up_as_the_composed_one() -> None:
    (command,) = (line for line in COMPOSE.read_text().splitlines() if "command: [postgres" in line)
    given = command.split("[")[1].split("]")[0].split(", -c, ")[1:]
    assert dict(setting.split("=") for setting in given) == TUNED

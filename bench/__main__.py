"""`python -m bench NAME ARG ...`: runs one measurement; without a name, lists them."""

import ast
import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def measurements() -> dict[str, str]:
    """Every module or package here that has a `main`, with the first line of its docstring."""
    found = {}
    for path in sorted([*HERE.glob("*.py"), *HERE.glob("*/__init__.py")]):
        name = path.parent.name if path.name == "__init__.py" else path.stem
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not name.startswith("_") and any(
            isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body
        ):
            found[name] = (ast.get_docstring(tree) or "").split("\n")[0]
    return found


def main(argv: list[str]) -> int:
    """Run the measurement that `argv` names, with the rest of `argv`."""
    names = measurements()
    if argv and argv[0] in names:
        result: int = importlib.import_module(f"bench.{argv[0]}").main(argv[1:])
        return result
    if argv and argv[0] not in ("-h", "--help", "help"):
        print(f"no measurement {argv[0]!r}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    width = max(map(len, names), default=0)
    for name, meaning in names.items():
        print(f"{name:<{width}}  {meaning}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`python -m bench NAME ARG ...`: runs one measurement; without a name, lists them."""

import ast
import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def measurements() -> dict[str, tuple[str, str]]:
    """Every module or package here that has a `main`: its module, and the first line of its docstring."""
    found = {}
    for path in sorted([*HERE.glob("*.py"), *HERE.glob("*/__init__.py"), *HERE.glob("*/__main__.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        module = path.relative_to(HERE).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        if module != "__main__" and "main" in _names_of(tree):
            meaning = (ast.get_docstring(tree) or "").split("\n")[0]
            found[module.removesuffix(".__main__").replace("_", "-")] = module, meaning
    return found


def _names_of(tree: ast.Module) -> set[str]:
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return defined | {
        name.name for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names
    }


def main(argv: list[str]) -> int:
    """Run the measurement that `argv` names, with the rest of `argv`."""
    names = measurements()
    chosen = names.get(argv[0].replace("_", "-")) if argv else None
    if chosen:
        result: int = importlib.import_module(f"bench.{chosen[0]}").main(argv[1:])
        return result
    if argv and argv[0] not in ("-h", "--help", "help"):
        print(f"no measurement {argv[0]!r}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    width = max(map(len, names), default=0)
    for name, (_, meaning) in names.items():
        print(f"{name:<{width}}  {meaning}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

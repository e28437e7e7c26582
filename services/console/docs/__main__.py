"""Writes every generated page anew; refuses to rewrite a published schema whose fields have changed."""

import sys

from services.console.docs.pages import PUBLISHED, ROOT, changed_schemas, generated_pages


def main() -> int:
    """Write what differs and say so; exit code 1 where a message needs a new version first."""
    if refused := changed_schemas():
        sys.stderr.write("\n".join(refused) + f"\n{PUBLISHED}\n")
        return 1
    for path, text in generated_pages().items():
        page = ROOT / path
        if not page.exists() or page.read_text() != text:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
            sys.stderr.write(f"written: {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

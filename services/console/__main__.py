"""`python -m services.console`: the same as `cleanwire`."""

from .main import main

if __name__ == "__main__":
    main()

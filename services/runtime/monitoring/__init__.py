"""How a service shows itself: metrics, how its stages stand, and spans. Logs are beside it (`runtime/logs.py`)."""

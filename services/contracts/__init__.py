"""What the services agree on: messages, streams, identities, failures. Pure; nothing here knows a server."""

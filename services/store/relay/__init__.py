"""From the archive to the public streams: the outbox, the ids in it, the relay that sends it, what the streams keep."""

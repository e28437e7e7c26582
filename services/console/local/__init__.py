"""Everything on one machine: the broker, the services as processes, the picture on the terminal."""

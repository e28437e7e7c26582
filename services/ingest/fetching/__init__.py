"""One request to the web: the host's turn, its robots.txt, the address guard, the fetcher and its limits."""

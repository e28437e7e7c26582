"""The Redis keys of normalize: the only place that spells them."""


def site_sightings(host: str) -> str:
    """Hash: article (16 digits of its id) → what it showed, packed; at most 60 articles, about 30 kB a host."""
    return f"normalize:site:{host}"

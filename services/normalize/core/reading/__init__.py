"""From a page's bytes to its facts: decoding, one parse, one walk that cuts it into blocks."""

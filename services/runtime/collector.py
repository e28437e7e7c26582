"""How often this process looks for garbage in circles: what was there at its start is left alone."""

import gc

YOUNG, MIDDLE, OLD = 10_000, 10, 10
"""Ten times Python's own threshold of new objects: sixteen messages in work are thousands, and hardly one makes a circle."""


def spare_what_is_there() -> None:
    """Take all objects that exist out of the collector's rounds, and have it come less often.

    After everything is imported and wired: a round over all of it costs up to a tenth of a second, in which nothing else goes
    on (docs/decisions/0110).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)

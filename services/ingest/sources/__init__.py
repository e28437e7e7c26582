"""Which outlets are followed, what is known of them, and how their coverage is shared out."""

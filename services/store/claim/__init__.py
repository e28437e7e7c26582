"""How an article gets in: one transaction that looks up, decides and writes. Nothing here is told or sent."""

"""Where an article comes from: agency, dateline, credits, whom it cites."""

"""What is asked when: due times, requests put back, revisits planned, old marks cleared."""

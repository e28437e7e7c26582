"""What is done with each kind of fetch request."""

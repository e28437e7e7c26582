"""The pages of docs/ that are made from the code: `./run docs` writes them, a test fails while one is out of date."""

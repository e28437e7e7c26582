"""Subscribers of the public streams: a consumer group, an ACL user that may only read there, ready snippets."""

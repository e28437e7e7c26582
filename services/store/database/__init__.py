"""The archive as a database, SQLite or PostgreSQL: connections, tables, migrations, locks, what an error means."""

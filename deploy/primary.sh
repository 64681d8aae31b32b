#!/bin/sh
# Runs once, when the primary's data directory is made: the role that reads, the role that replicates.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set owner="$POSTGRES_USER" --set reader_password="$SIC_READER_PASSWORD" --set replica_password="$SIC_REPLICA_PASSWORD" <<'SQL'
REVOKE ALL ON DATABASE sic FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE ROLE sic_reader LOGIN PASSWORD :'reader_password' CONNECTION LIMIT 100;
ALTER ROLE sic_reader SET default_transaction_read_only = on;
GRANT CONNECT ON DATABASE sic TO sic_reader;
-- Every load makes a schema of its own; its tables are readable from the moment they exist.
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT USAGE ON SCHEMAS TO sic_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT SELECT ON TABLES TO sic_reader;

CREATE ROLE sic_replica LOGIN REPLICATION PASSWORD :'replica_password';
SELECT pg_create_physical_replication_slot('standby');
-- A standby that stays away must not fill the primary's disk.
ALTER SYSTEM SET max_slot_wal_keep_size = '2GB';
SQL

echo "host replication sic_replica all scram-sha-256" >> "$PGDATA/pg_hba.conf"

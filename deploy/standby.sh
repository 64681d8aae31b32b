#!/bin/sh
# Copies the primary once, then follows it.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA"
  # tcp_user_timeout: a try to reach a primary that is away ends after five seconds, not after two minutes.
  # The password goes by the environment: in --dbname, quotes and blanks would have to be escaped.
  PGPASSWORD="$SIC_REPLICA_PASSWORD" pg_basebackup --pgdata "$PGDATA" --write-recovery-conf --wal-method stream --slot standby --checkpoint fast \
    --dbname "host=primary user=sic_replica application_name=standby tcp_user_timeout=5000"
  chmod 0700 "$PGDATA"
fi
exec postgres -D "$PGDATA" -c hot_standby_feedback=on

#!/bin/sh
# At the first start of the database: Loomio's own role and database. Loomio's tables need pg_stat_statements, which
# only a superuser may create; the other extensions come along, so that the role needs no right outside its database.
# The image reads this into its own script: no "set -u" here.
set -e
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
  --set=password="$(cat /run/secrets/db_password)" <<'SQL'
CREATE ROLE loomio LOGIN PASSWORD :'password';
CREATE DATABASE loomio_production OWNER loomio;
\connect loomio_production
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION pgcrypto;
SQL

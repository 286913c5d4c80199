-- Zulip keeps its tables in a schema of its own.
CREATE SCHEMA zulip AUTHORIZATION zulip;
ALTER ROLE zulip SET search_path TO zulip, public;

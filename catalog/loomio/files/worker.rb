# Exits 0 when the worker has reported to the database within the last five minutes.
require 'pg'

alive = PG.connect(ENV.fetch('DATABASE_URL')).exec(<<~SQL).any?
  SELECT 1 FROM solid_queue_processes
  WHERE kind = 'Worker' AND last_heartbeat_at > now() AT TIME ZONE 'UTC' - interval '5 minutes' LIMIT 1
SQL
abort 'the worker has not reported for five minutes' unless alive

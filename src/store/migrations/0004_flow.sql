-- Work that must happen once: flows of named steps, and who is at work on them.

-- A process that takes leases. Its lock file, beside the state file, tells whether it still lives.
create table worker (
  id integer primary key,
  name text not null,
  began text not null,
  -- Known to be gone; set by whoever found its lock file free.
  ended text
);

-- One writer per document, and per mapping and scope of a run. `turn` grows with every take-over, so a worker that
-- slept through the end of its lease finds out before it writes.
create table lease (
  name text primary key,
  worker integer references worker (id),
  turn integer not null,
  taken text not null,
  until text not null
);

create table flow (
  id text primary key,
  mapping text not null,
  scope text not null,
  source_id text not null,
  fingerprint text not null,
  -- The intent as JSON text, and its bodies as a JSON object of name -> hash.
  details text not null,
  bodies text not null,
  state text not null check (state in ('open', 'finished')),
  opened text not null,
  finished text
);

create index flow_open on flow (mapping, scope) where state = 'open';
create index flow_record on flow (mapping, scope, source_id);

-- A step's name is part of its identity: a finished one is never run again.
create table step (
  flow text not null references flow (id),
  name text not null,
  -- Its place in the flow, from 0.
  place integer not null,
  kind text not null check (kind in ('work', 'consent', 'sleep')),
  -- intended: written before the work starts. refused and again: no effect. unknown: perhaps an effect.
  state text not null check (state in ('intended', 'done', 'refused', 'again', 'unknown')),
  attempt integer not null,
  payload text references body (hash),
  intended text not null,
  -- When the first attempt began of which nobody knows whether it had an effect.
  unsettled text,
  -- Small JSON; large answers lie in `body`.
  result text,
  answer text references body (hash),
  reason text,
  settled text,
  primary key (flow, name)
);

create index step_waiting on step (kind, state) where state <> 'done';

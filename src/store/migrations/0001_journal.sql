-- What happened: runs, the append-only journal, and the large bodies that entries and steps point at.

-- Payloads and answers, each once, under the sha-256 of its bytes: the same 300 KB commitment comes by many times,
-- and the tables that point here stay small enough to read through.
create table body (
  hash text primary key,
  content blob not null
);

-- One row per run of a command that may change something. `ended` stays null when the process was killed.
create table run (
  id integer primary key,
  actor text not null,
  command text not null,
  began text not null,
  ended text,
  outcome text check (outcome in ('done', 'incomplete', 'failed')),
  counts text not null default '{}',
  check ((ended is null) = (outcome is null))
);

-- Each entry's hash covers the entry and the hash before it, so a changed, removed or reordered entry shows.
-- `details` and `bodies` are JSON text, kept exactly as they were hashed.
create table journal (
  seq integer primary key,
  at text not null,
  actor text not null,
  run integer references run (id),
  kind text not null,
  mapping text not null,
  scope text not null,
  source_id text not null,
  details text not null,
  bodies text not null,
  hash text not null
);

create index journal_record on journal (mapping, scope, source_id, seq);
create index journal_kind on journal (kind, seq);

-- The last link of the chain, kept apart: without it nobody could tell that the newest entries are gone.
create table journal_head (
  id integer primary key check (id = 1),
  seq integer not null,
  hash text not null
);

insert into journal_head (id, seq, hash) values (1, 0, '');

create trigger journal_no_update before update on journal
begin
  select raise(abort, 'the journal is append-only');
end;

create trigger journal_no_delete before delete on journal
begin
  select raise(abort, 'the journal is append-only');
end;

-- Also catches `insert or replace`, which would overwrite an entry without firing the delete trigger.
create trigger journal_in_order before insert on journal
when new.seq <> (select seq + 1 from journal_head)
begin
  select raise(abort, 'the journal is append-only');
end;

create trigger body_no_update before update on body
begin
  select raise(abort, 'a body never changes');
end;

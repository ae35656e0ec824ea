-- How far reading has come, which records wait, and what was written where nothing can be read back.

-- Moved only after every record of a read is settled or held, so that a killed run reads them again.
create table cursor (
  mapping text not null,
  scope text not null,
  -- The newest modification that the source showed; null for sources that keep no such time.
  modified text,
  -- Whatever else a source needs to go on: a page token, a hash of a whole list.
  state text not null,
  moved text not null,
  primary key (mapping, scope)
);

-- Records that could not be taken along. They lie behind the cursor, so the next run offers them again from here.
create table held (
  mapping text not null,
  scope text not null,
  source_id text not null,
  -- JSON list of texts.
  reasons text not null,
  -- The source's version and body when it was held: an unchanged record under an unchanged mapping needs no new try.
  source_version text,
  body text references body (hash),
  first_seen text not null,
  last_seen text not null,
  primary key (mapping, scope, source_id)
);

-- The draft that we last wrote to a target that cannot be read (job costs): the next draft is compared with it.
create table written (
  mapping text not null,
  scope text not null,
  source_id text not null,
  body text not null references body (hash),
  at text not null,
  primary key (mapping, scope, source_id)
);

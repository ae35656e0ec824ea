-- Which two items are the same thing: documents, and the lines inside them.

create table link (
  id integer primary key,
  mapping text not null,
  -- Procore project id; '' for items of the whole company.
  scope text not null,
  -- '' for the document itself, else the list that the line stands in ('Details'): documents and lines of one
  -- mapping are numbered independently, so the same id may name one of each.
  part text not null,
  -- The document's link, for a line.
  parent integer references link (id),
  procore_id text not null check (procore_id <> ''),
  procore_key text,
  -- Keys as they are looked up: trimmed, lower case. SQLite's own lower() knows ASCII only.
  procore_folded text,
  acumatica_id text not null check (acumatica_id <> ''),
  acumatica_key text,
  acumatica_folded text,
  -- A removed link stays: its lines and dates explain the journal.
  state text not null check (state in ('live', 'removed')),
  -- What we wrote last, and how the target looked when we last saw it: together they tell an edit at the target
  -- from an edit at the source.
  fingerprint text,
  target_version text,
  -- The source as it was when the two last agreed: an unchanged source need not be mapped again.
  source_version text,
  since text not null,
  changed text not null,
  check ((part = '') = (parent is null))
);

-- An item is linked once. A removed link does not stand in the way of a new one.
create unique index link_procore on link (mapping, scope, part, procore_id) where state = 'live';
create unique index link_acumatica on link (mapping, scope, part, acumatica_id) where state = 'live';
-- Keys are not unique: line numbers repeat in every document, and a renamed account may leave its key to another.
create index link_procore_key on link (mapping, scope, part, procore_folded) where state = 'live';
create index link_acumatica_key on link (mapping, scope, part, acumatica_folded) where state = 'live';
create index link_parent on link (parent) where parent is not null;

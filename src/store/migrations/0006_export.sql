-- What goes to the ERP, and what people decided about it. One row for each source record that was ever offered for export.
-- `sending`, `sent` and `unknown` are not kept here: the record's open flow tells them.

create table export (
  -- Never given twice: people name exports by it.
  id integer primary key autoincrement,
  -- Grows with every change of what was shown, so that nobody accepts what they have not seen.
  version integer not null,
  mapping text not null,
  -- Procore project id; '' for items of the whole company.
  scope text not null,
  source_id text not null,
  -- What people know the record by.
  label text not null,
  state text not null check (state in ('staged', 'accepted', 'rejected', 'retrieved', 'failed', 'synced', 'unlinked')),
  -- The change as it was shown, field by field.
  shown text not null references body (hash),
  -- What the approver filled in, as a JSON object.
  asked text not null default '{}',
  -- Who accepted it last; '' for nobody.
  approver text not null default '',
  -- Who brought about the state, and why.
  actor text not null,
  reason text not null default '',
  -- Refusals of the target in a row.
  refusals integer not null default 0,
  staged text not null,
  changed text not null,
  unique (mapping, scope, source_id)
);

create index export_open on export (mapping, state) where state <> 'synced';

-- Records that somebody has set aside: imports do not offer them again until they are taken back.

create table archived (
  mapping text not null,
  -- Procore project id; '' for records of the whole company.
  scope text not null,
  -- The record's id at its source, and what people call it.
  source_id text not null,
  source_key text not null,
  reason text not null,
  since text not null,
  primary key (mapping, scope, source_id)
);

-- Refresh tokens that change with every use: the new one is on disk before it is used, or a crash would lock us out.
create table token (
  name text primary key,
  value text not null,
  kept text not null
);

create table comments (
  id bigint primary key generated always as identity,
  entry_id bigint not null references entries (id) on delete cascade,
  name text not null,
  text text not null,
  written timestamptz not null
);

create index comments_by_entry on comments (entry_id, id);

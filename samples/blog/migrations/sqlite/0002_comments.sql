create table comments (
  id integer primary key,
  entry_id integer not null references entries (id) on delete cascade,
  name text not null,
  text text not null,
  written text not null
);

create index comments_by_entry on comments (entry_id, id);

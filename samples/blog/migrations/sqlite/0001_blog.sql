create table authors (
  id integer primary key,
  email text not null unique,
  name text not null,
  password text not null
);

create table entries (
  id integer primary key,
  author_id integer not null references authors (id),
  slug text not null unique,
  title text not null,
  markdown text not null,
  html text not null,
  published text not null,
  updated text not null
);

create index entries_by_time on entries (published desc, id desc);

create table tags (
  entry_id integer not null references entries (id) on delete cascade,
  name text not null,
  primary key (entry_id, name)
);

create index tags_by_name on tags (name);

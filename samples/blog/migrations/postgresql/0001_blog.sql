create table authors (
  id bigint primary key generated always as identity,
  email text not null unique,
  name text not null,
  password text not null
);

create table entries (
  id bigint primary key generated always as identity,
  author_id bigint not null references authors (id),
  slug text not null unique,
  title text not null,
  markdown text not null,
  html text not null,
  published timestamptz not null,
  updated timestamptz not null
);

create index entries_by_time on entries (published desc, id desc);

create table tags (
  entry_id bigint not null references entries (id) on delete cascade,
  name text not null,
  primary key (entry_id, name)
);

create index tags_by_name on tags (name);

create table notes (
  id integer primary key,
  title text not null,
  text text not null,
  version bigint not null default 1
);

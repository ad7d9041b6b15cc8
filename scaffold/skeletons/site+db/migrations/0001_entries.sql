create table entries (
  id integer primary key,
  name text not null,
  message text not null,
  date text not null
);

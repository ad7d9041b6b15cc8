create table users (
  id integer primary key,
  email text not null unique,
  password text not null
);

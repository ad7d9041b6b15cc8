create table pictures (
  name text primary key,
  type text not null,
  bytes blob not null,
  author_id integer not null references authors (id),
  uploaded text not null
);

create table identities (
  issuer text not null,
  subject text not null,
  author_id integer not null references authors (id) on delete cascade,
  primary key (issuer, subject)
);

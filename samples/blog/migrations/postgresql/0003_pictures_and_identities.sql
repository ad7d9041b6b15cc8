create table pictures (
  name text primary key,
  type text not null,
  bytes bytea not null,
  author_id bigint not null references authors (id),
  uploaded timestamptz not null
);

create table identities (
  issuer text not null,
  subject text not null,
  author_id bigint not null references authors (id) on delete cascade,
  primary key (issuer, subject)
);

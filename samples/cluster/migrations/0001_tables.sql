create table cart (key text primary key, username text not null, item text not null);
create index on cart (username);
create table uploads (key text primary key, username text not null, size bigint not null);

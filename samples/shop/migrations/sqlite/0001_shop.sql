create table products (
  id integer primary key,
  name text not null,
  description text not null,
  price bigint not null -- in cents
);

create table orders (
  id integer primary key,
  name text not null,
  email text not null,
  ordered text not null,
  is_mailed boolean not null default false
);

create table order_lines (
  order_id integer not null references orders (id) on delete cascade,
  product_id integer not null references products (id),
  count integer not null,
  price bigint not null,
  primary key (order_id, product_id)
);

insert into products (id, name, description, price) values
  (1, 'Teapot', 'Stoneware, for four cups, with a strainer.', 3450),
  (2, 'Cosy', 'Felt. Keeps a pot warm for an hour.', 1890),
  (3, 'Assam, 250 g', 'Second flush, strong, for milk.', 990),
  (4, 'Sencha, 100 g', 'First picking, from Shizuoka.', 1450);

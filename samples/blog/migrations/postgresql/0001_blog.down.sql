drop table tags;
drop table entries;
drop table authors;

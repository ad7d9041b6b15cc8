drop table identities;
drop table pictures;

-- The tables that all sides work on. Updates go to a table of their own, so that the rows of
-- `item` stay in the order of its key.
SET client_min_messages = warning;
DROP TABLE IF EXISTS item, account, entry;
CREATE TABLE item (id bigint PRIMARY KEY, name text NOT NULL, price integer NOT NULL);
INSERT INTO item SELECT n, 'item ' || md5(n::text), n % 1000 FROM generate_series(1, 100000) n;
CLUSTER item USING item_pkey;
CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 50);
INSERT INTO account SELECT n, 0 FROM generate_series(1, 100000) n;
CREATE TABLE entry (id bigserial PRIMARY KEY, item bigint NOT NULL, body text NOT NULL);
VACUUM ANALYZE item, account, entry;

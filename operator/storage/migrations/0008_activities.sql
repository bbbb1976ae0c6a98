-- alike: how many tries of an activity, the last ones, failed for the same reason: the same error is
-- not tried the same way for ever.
ALTER TABLE activity ADD COLUMN alike bigint NOT NULL DEFAULT 0;

-- What one namespace's bytes and rights came to says nothing to another. What was remembered before
-- does not tell whose it was; it is found again at the price of one look.
DELETE FROM base_inventory;
ALTER TABLE base_inventory
    ADD COLUMN namespace text NOT NULL,
    DROP CONSTRAINT base_inventory_pkey,
    ADD PRIMARY KEY (namespace, base);

DELETE FROM good_imports;
ALTER TABLE good_imports
    ADD COLUMN namespace text NOT NULL,
    DROP CONSTRAINT good_imports_pkey,
    ADD PRIMARY KEY (namespace, key);

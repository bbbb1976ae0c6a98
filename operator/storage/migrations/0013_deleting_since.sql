-- A deletion waits so long for the record, however often the operator begins anew meanwhile.
ALTER TABLE experiment ADD COLUMN deleting_since timestamptz;

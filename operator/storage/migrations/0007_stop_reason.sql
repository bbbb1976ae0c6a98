-- Why an attempt was ended by us; '' where it ended by itself.
ALTER TABLE attempt ADD COLUMN stop_reason text NOT NULL DEFAULT '';
UPDATE attempt SET stop_reason = reason
 WHERE failure_class = 'Cancelled' AND reason IN ('Deleted', 'Ended', 'Cancelled', 'Suspended', 'EarlyStopped');

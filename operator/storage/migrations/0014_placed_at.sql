-- Since when an attempt's pod is known to be on a node, by the operator's own clock: what does not
-- start there is waited for so long, however often the operator begins anew meanwhile.
ALTER TABLE attempt ADD COLUMN placed_at timestamptz;

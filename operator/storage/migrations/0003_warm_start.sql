-- Which earlier searches a search learns from, fixed when it is accepted, so that every replay sees
-- the same: JSON, [{"experiment": uid, "events": count}, ...]; '' or [] for none.
ALTER TABLE experiment ADD COLUMN earlier_searches text NOT NULL DEFAULT '';

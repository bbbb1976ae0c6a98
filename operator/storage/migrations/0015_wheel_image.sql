-- Which image the pod ran that built the wheel is not known: a gap of every build that uses it.
ALTER TABLE derived_wheel ADD COLUMN image_unread boolean NOT NULL DEFAULT false;

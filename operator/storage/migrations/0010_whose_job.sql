-- nonce: random, on the object that is made from the intent, which is known by it after a crash. An
-- intent that is open now gets one that no object carries.
ALTER TABLE intent ADD COLUMN nonce text NOT NULL DEFAULT '';
UPDATE intent SET nonce = gen_random_uuid()::text;

-- The wish for an activity is the intent of its auxiliary Jobs.
ALTER TABLE activity ADD COLUMN nonce text NOT NULL DEFAULT '';
UPDATE activity SET nonce = gen_random_uuid()::text;

-- doubts: what was seen of an attempt's Job and pod for which its record is less sure, in words with
-- commas.
ALTER TABLE attempt ADD COLUMN doubts text NOT NULL DEFAULT '';

-- The image that was asked for has this name, too; '' for those built before. What ran, as the kubelet
-- said it; '' where it is not known.
ALTER TABLE experiment ADD COLUMN image_config_digest text NOT NULL DEFAULT '';
ALTER TABLE attempt
    ADD COLUMN train_image text NOT NULL DEFAULT '',
    ADD COLUMN recorder_image text NOT NULL DEFAULT '';

-- Layers in more than one form (spec.image.layers).
ALTER TABLE image_layer
    ADD COLUMN toc_digest text NOT NULL DEFAULT ''; -- sha256:... of an eStargz's table of contents

ALTER TABLE wheel_plan
    ADD COLUMN layer_form text NOT NULL DEFAULT 'Gzip',
    DROP CONSTRAINT wheel_plan_pkey,
    ADD PRIMARY KEY (repository, base, lock, layer_form);

-- What one Experiment says of a node, and what was said of it last, without reading what all others
-- said: a wheel or a base image is described by every build that uses it.

CREATE INDEX node_attribute_by_scope ON node_attribute (node, scope);
CREATE INDEX node_attribute_by_entry ON node_attribute (node, seq);

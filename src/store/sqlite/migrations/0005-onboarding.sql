-- What a block is for. Null: ordinary support.
ALTER TABLE block ADD COLUMN purpose TEXT CHECK (purpose IN ('onboarding'));
-- The agreement of the config that was to follow, by name.
ALTER TABLE block ADD COLUMN followed_by TEXT CHECK ((followed_by IS NULL) = (purpose IS NULL));
CREATE INDEX block_purpose ON block (client_id) WHERE purpose IS NOT NULL;

-- A long charge stores only the parts that differ from the revision before, or a ticket that grows entry
-- by entry would be stored again with each. Null: `facts` are whole.
ALTER TABLE charge ADD COLUMN whole_revision INTEGER CHECK (whole_revision < revision);
-- How many parts of the revision before are kept, at its beginning and at its end.
ALTER TABLE charge ADD COLUMN kept_first INTEGER CHECK ((kept_first IS NULL) = (whole_revision IS NULL));
ALTER TABLE charge ADD COLUMN kept_last INTEGER CHECK ((kept_last IS NULL) = (whole_revision IS NULL));

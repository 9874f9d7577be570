CREATE TRIGGER accepted_agreement_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accepted_agreement
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an accepted agreement', 'record another version');
REVOKE UPDATE, DELETE, TRUNCATE ON accepted_agreement FROM CURRENT_USER;

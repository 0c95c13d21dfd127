COPY (SELECT * FROM 'export/engagements/*.parquet' ORDER BY person_id)
TO 'evidence/engagements.parquet' (ROW_GROUP_SIZE 100000);

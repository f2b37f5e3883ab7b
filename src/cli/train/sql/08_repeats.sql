-- The share of an item's buyers who bought it again, drawn towards that of all items by 5 members.
CREATE TABLE repeats AS
WITH again AS (
    SELECT item, CAST(sum(CASE WHEN times >= 2 THEN 1 ELSE 0 END) AS DOUBLE) AS members, CAST(count(*) AS DOUBLE) AS buyers
    FROM first_bought
    GROUP BY item
),
everything AS (SELECT sum(members) / sum(buyers) AS mean FROM again)
SELECT again.item, (again.members + 5 * everything.mean) / (again.buyers + 5) AS rate
FROM again
CROSS JOIN everything

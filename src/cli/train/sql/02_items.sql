-- The items: bought by enough members, numbered by id (compared by bytes).
CREATE TABLE items AS
SELECT row_number() OVER (ORDER BY bought.id) - 1 AS item, bought.id, bought.buyers, bought.added_at, products.category, products.kind
FROM (SELECT id, count(DISTINCT member) AS buyers, min(moment) AS added_at FROM sold GROUP BY id) AS bought
JOIN products ON products.id = bought.id
CROSS JOIN settings
WHERE bought.buyers >= settings.min_buyers

-- Items in the same basket: cosine of the sets of baskets, damped for thin evidence; pairs seen at least 3 times.
CREATE TABLE bought_together AS
WITH held AS (SELECT item, CAST(count(*) AS DOUBLE) AS baskets FROM contents GROUP BY item),
both_ways AS (
    SELECT i, j, baskets FROM basket_pairs WHERE baskets >= 3
    UNION ALL
    SELECT j AS i, i AS j, baskets FROM basket_pairs WHERE baskets >= 3
),
scored AS (
    SELECT both_ways.i, both_ways.j,
           CAST(both_ways.baskets / sqrt(one.baskets * other.baskets) * (both_ways.baskets / (both_ways.baskets + 10)) AS FLOAT) AS score
    FROM both_ways
    JOIN held AS one ON one.item = both_ways.i
    JOIN held AS other ON other.item = both_ways.j
),
ranked AS (SELECT i, j, score, row_number() OVER (PARTITION BY i ORDER BY score DESC, j) AS place FROM scored WHERE score > 0)
SELECT ranked.i, ranked.place, ranked.j, ranked.score
FROM ranked
CROSS JOIN settings
WHERE ranked.place <= settings.neighbours

-- Items that can stand for each other: cosine of the sets of members who bought them, damped; all of it for two items of
-- one kind, half for one category, a tenth otherwise; less what speaks for being bought in the same basket.
CREATE TABLE similar_items AS
WITH held AS (SELECT item, CAST(count(*) AS DOUBLE) AS baskets FROM contents GROUP BY item),
scored AS (
    SELECT member_pairs.i, member_pairs.j,
           CAST(
               member_pairs.members / sqrt(CAST(one.buyers AS DOUBLE) * other.buyers) * (member_pairs.members / (member_pairs.members + 10e0))
               * CASE
                     WHEN one.kind = other.kind THEN 1.0
                     WHEN one.kind IS NULL AND other.kind IS NULL AND one.category IS NULL AND other.category IS NULL THEN 1.0
                     WHEN one.category = other.category THEN 0.5
                     ELSE 0.1
                 END
               * (1 - least(1.0, coalesce(basket_pairs.baskets, 0) / least(held.baskets, held_other.baskets)))
           AS FLOAT) AS score
    FROM member_pairs
    JOIN items AS one ON one.item = member_pairs.i
    JOIN items AS other ON other.item = member_pairs.j
    JOIN held ON held.item = member_pairs.i
    JOIN held AS held_other ON held_other.item = member_pairs.j
    LEFT JOIN basket_pairs ON basket_pairs.i = least(member_pairs.i, member_pairs.j) AND basket_pairs.j = greatest(member_pairs.i, member_pairs.j)
),
ranked AS (SELECT i, j, score, row_number() OVER (PARTITION BY i ORDER BY score DESC, j) AS place FROM scored WHERE score > 0)
SELECT ranked.i, ranked.place, ranked.j, ranked.score
FROM ranked
CROSS JOIN settings
WHERE ranked.place <= settings.neighbours

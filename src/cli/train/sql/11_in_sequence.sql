-- What members come to after an item: bought for the first time in one of their next two baskets. The same score, over
-- members. An item that is in both baskets before counts once.
CREATE TABLE in_sequence AS
WITH held AS (
    SELECT member, item, nth, lead(nth) OVER (PARTITION BY member, item ORDER BY nth) AS again
    FROM contents
),
ahead AS (
    SELECT member, item, nth + 1 AS nth FROM held
    UNION ALL
    SELECT member, item, nth + 2 AS nth FROM held WHERE again IS NULL OR again > nth + 1
),
followed AS (
    SELECT ahead.item AS i, first_bought.item AS j, count(*) AS members
    FROM ahead
    JOIN first_bought ON first_bought.member = ahead.member AND first_bought.nth = ahead.nth
    GROUP BY ahead.item, first_bought.item
    HAVING count(*) >= 3
),
scored AS (
    SELECT followed.i, followed.j,
           CAST(followed.members / sqrt(CAST(one.buyers AS DOUBLE) * other.buyers) * (followed.members / (followed.members + 10e0)) AS FLOAT) AS score
    FROM followed
    JOIN items AS one ON one.item = followed.i
    JOIN items AS other ON other.item = followed.j
),
ranked AS (SELECT i, j, score, row_number() OVER (PARTITION BY i ORDER BY score DESC, j) AS place FROM scored WHERE score > 0)
SELECT ranked.i, ranked.place, ranked.j, ranked.score
FROM ranked
CROSS JOIN settings
WHERE ranked.place <= settings.neighbours

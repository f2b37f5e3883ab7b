-- Days between two purchases of an item by the same member: the median over all members, and half the distance of the
-- quartiles over the median. Both 0 where fewer than 5 gaps are known.
CREATE TABLE rhythm AS
WITH purchases AS (
    SELECT contents.item,
           CAST(contents.moment - lag(contents.moment) OVER (PARTITION BY contents.member, contents.item ORDER BY contents.nth) AS DOUBLE) / settings.day AS gap
    FROM contents
    CROSS JOIN settings
),
gaps AS (
    SELECT item,
           count(*) AS known,
           percentile_cont(0.25) WITHIN GROUP (ORDER BY gap) AS low,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS middle,
           percentile_cont(0.75) WITHIN GROUP (ORDER BY gap) AS high
    FROM purchases
    WHERE gap IS NOT NULL
    GROUP BY item
)
SELECT items.item,
       CASE WHEN gaps.known >= 5 THEN gaps.middle ELSE 0 END AS days,
       CASE WHEN gaps.known >= 5 AND gaps.middle > 0 THEN (gaps.high - gaps.low) / 2 / gaps.middle ELSE 0 END AS spread
FROM items
LEFT JOIN gaps ON gaps.item = items.item

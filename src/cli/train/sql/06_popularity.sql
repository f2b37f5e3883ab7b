-- The share of baskets that hold the item: with decay, over the last 28 days, and how those differ from the 84 before.
-- Decayed weights are integers of 2^-32, so that their sum is the same in any order.
CREATE TABLE popularity AS
WITH aged AS (
    SELECT baskets.number,
           CAST(round(power(2e0, (baskets.moment - settings.until) / (settings.half_life * settings.day)) * 4294967296e0) AS BIGINT) AS weight,
           CASE WHEN baskets.moment >= settings.until - 28 * settings.day THEN 1 ELSE 0 END AS recent,
           CASE WHEN baskets.moment < settings.until - 28 * settings.day AND baskets.moment >= settings.until - 112 * settings.day THEN 1 ELSE 0 END AS before
    FROM baskets
    CROSS JOIN settings
),
everything AS (
    SELECT CAST(sum(weight) AS DOUBLE) AS weight, CAST(sum(recent) AS DOUBLE) AS recent, CAST(sum(before) AS DOUBLE) AS before
    FROM aged
),
each_item AS (
    SELECT contents.item, CAST(sum(aged.weight) AS DOUBLE) AS weight, CAST(sum(aged.recent) AS DOUBLE) AS recent, CAST(sum(aged.before) AS DOUBLE) AS before
    FROM contents
    JOIN aged ON aged.number = contents.number
    GROUP BY contents.item
)
SELECT items.item,
       coalesce(each_item.weight / nullif(everything.weight, 0), 0) AS popularity,
       coalesce(each_item.recent / nullif(everything.recent, 0), 0) AS recent,
       CASE
           WHEN items.added_at >= settings.until - 28 * settings.day THEN 0
           -- 10 baskets more on both sides: few sales give no trend.
           ELSE (each_item.recent + 10) / (coalesce(each_item.before / nullif(everything.before, 0), 0) * everything.recent + 10) - 1
       END AS trend
FROM items
JOIN each_item ON each_item.item = items.item
CROSS JOIN everything
CROSS JOIN settings

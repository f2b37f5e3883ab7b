-- What a piece costs now, in minor units: the median over the lines of the last 7 days, or else of the last 7 days in
-- which it was sold. `base` is what it cost before, where it costs less now: the lowest price that anybody paid in the
-- 7 days before those, so that nothing is struck through that was not charged.
CREATE TABLE prices AS
WITH last_sale AS (SELECT id, max(moment) AS moment FROM sold WHERE price > 0 GROUP BY id),
priced AS (
    SELECT sold.id, sold.price,
           CASE WHEN last_sale.moment >= settings.until - 7 * settings.day THEN settings.until ELSE last_sale.moment + 1 END AS until,
           last_sale.moment >= settings.until - 7 * settings.day AS fresh,
           sold.moment, settings.day
    FROM sold
    JOIN last_sale ON last_sale.id = sold.id
    CROSS JOIN settings
    WHERE sold.price > 0
),
today AS (
    SELECT id, CAST(round(percentile_cont(0.5) WITHIN GROUP (ORDER BY price)) AS BIGINT) AS price
    FROM priced
    WHERE moment >= until - 7 * day
    GROUP BY id
),
week_before AS (
    SELECT id, min(price) AS price
    FROM priced
    WHERE fresh AND moment < until - 7 * day AND moment >= until - 14 * day
    GROUP BY id
)
SELECT items.item, today.price, CASE WHEN week_before.price > today.price THEN week_before.price END AS base
FROM items
LEFT JOIN today ON today.id = items.id
LEFT JOIN week_before ON week_before.id = items.id

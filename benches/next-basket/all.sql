-- All baskets of every household of the year, and the day after it: {household, history, target}, a basket being [day, [product, ...]],
-- day 0 = 2017-01-01.
WITH baskets AS (
    SELECT household, day, to_json([to_json(day), to_json(list(product ORDER BY product))]) AS basket
    FROM (
        SELECT DISTINCT household_id AS household, date_diff('day', DATE '2017-01-01', CAST(transaction_timestamp AS DATE)) AS day,
               CAST(product_id AS BIGINT) AS product
        FROM transactions
    ) AS lines
    GROUP BY household, day
)
SELECT CAST(household AS VARCHAR) AS household, to_json(list(basket ORDER BY day)) AS history,
       to_json([to_json(365), to_json([])]) AS target
FROM baskets
GROUP BY household
ORDER BY CAST(household AS BIGINT)

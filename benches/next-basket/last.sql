-- Each household's baskets but the last, and the last: {household, history, target}, a basket being [day, [product, ...]], day 0 =
-- 2017-01-01. A basket is what one household bought on one day, goods only. Products stay that at least 17 households
-- bought in any but their two newest baskets; households stay that have three baskets of these.
WITH goods AS (
    SELECT DISTINCT lines.household_id AS household, date_diff('day', DATE '2017-01-01', CAST(lines.transaction_timestamp AS DATE)) AS day,
           CAST(lines.product_id AS BIGINT) AS product
    FROM transactions AS lines
    JOIN products ON products.product_id = lines.product_id
    WHERE products.department NOT IN ('FUEL', 'MISCELLANEOUS', 'COUPON', 'POSTAL CENTER', 'CNTRL/STORE SUP', 'PROD-WHS SALES')
      AND products.product_category IS NOT NULL AND products.product_category <> 'COUPON/MISC ITEMS'
),
ages AS (
    SELECT household, day, row_number() OVER (PARTITION BY household ORDER BY day DESC) AS age
    FROM (SELECT DISTINCT household, day FROM goods) AS days
),
kept AS (
    SELECT goods.product
    FROM goods
    JOIN ages ON ages.household = goods.household AND ages.day = goods.day
    WHERE ages.age > 2
    GROUP BY goods.product
    HAVING count(DISTINCT goods.household) >= 17
),
baskets AS (
    SELECT goods.household, goods.day, to_json([to_json(goods.day), to_json(list(goods.product ORDER BY goods.product))]) AS basket,
           row_number() OVER (PARTITION BY goods.household ORDER BY goods.day DESC) AS age
    FROM goods
    JOIN kept ON kept.product = goods.product
    GROUP BY goods.household, goods.day
)
SELECT CAST(household AS VARCHAR) AS household,
       to_json(list(basket ORDER BY day) FILTER (WHERE age > 1)) AS history,
       arg_max(basket, day) AS target
FROM baskets
GROUP BY household
HAVING count(*) >= 3
ORDER BY CAST(household AS BIGINT)

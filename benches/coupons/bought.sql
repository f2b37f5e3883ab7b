-- What the households that ever used a coupon bought: {household, baskets: [[day, basket, [product, ...]], ...]}, day 0 = 2017-01-01.
WITH baskets AS (
    SELECT household_id AS household, date_diff('day', DATE '2017-01-01', CAST(transaction_timestamp AS DATE)) AS day, basket_id AS basket,
           list(CAST(product_id AS BIGINT) ORDER BY CAST(product_id AS BIGINT)) AS products
    FROM transactions
    WHERE household_id IN (SELECT household_id FROM coupon_redemptions)
    GROUP BY household_id, day, basket_id
)
SELECT CAST(household AS VARCHAR) AS household,
       list(to_json([to_json(day), to_json(CAST(basket AS VARCHAR)), to_json(products)]) ORDER BY day, basket) AS baskets
FROM baskets
GROUP BY household

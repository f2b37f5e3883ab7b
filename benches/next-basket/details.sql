-- What is known beside baskets, as one JSON object: classes of items, and of each week the items that were in the flyer
-- in more than 30 % of the stores (place 4 on the front page, 3 on the back, 2 on an inner cover, 1 elsewhere). Weeks run
-- from Monday to Sunday; days count from 2017-01-01 as in split.sql.
WITH stores AS (SELECT week, count(DISTINCT store_id) AS stores FROM promotions GROUP BY week),
mailed AS (
    SELECT week, product_id,
           count(DISTINCT store_id) AS anywhere,
           count(DISTINCT store_id) FILTER (WHERE mailer_location = 'F') AS front,
           count(DISTINCT store_id) FILTER (WHERE mailer_location = 'H') AS back,
           count(DISTINCT store_id) FILTER (WHERE mailer_location = 'D') AS inner_cover
    FROM promotions
    WHERE mailer_location <> '0'
    GROUP BY week, product_id
),
placed AS (
    SELECT CAST(mailed.week AS INTEGER) AS week, CAST(mailed.product_id AS VARCHAR) AS product,
           CASE WHEN front > 0.3 * stores THEN 4 WHEN back > 0.3 * stores THEN 3 WHEN inner_cover > 0.3 * stores THEN 2 ELSE 1 END AS place
    FROM mailed
    JOIN stores ON stores.week = mailed.week
    WHERE anywhere > 0.3 * stores
),
flyers AS (
    SELECT week, to_json({'from': 7 * week - 13, 'until': 7 * week - 6, 'items': map(list(product ORDER BY product), list(place ORDER BY product))}) AS flyer
    FROM placed
    GROUP BY week
),
classes AS (
    SELECT CAST(product_id AS VARCHAR) AS product,
           to_json({'department': department, 'category': product_category, 'kind': product_type}) AS class
    FROM products
    WHERE department IS NOT NULL AND product_category IS NOT NULL
)
SELECT to_json({
    'items': (SELECT map(list(product ORDER BY product), list(class ORDER BY product)) FROM classes),
    'flyers': (SELECT list(flyer ORDER BY week) FROM flyers)
}) AS json

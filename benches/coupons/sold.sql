-- What was sold before `until`: how many baskets, and the lines and buyers of each product.
WITH before AS (
    SELECT CAST(transactions.product_id AS VARCHAR) AS product, transactions.basket_id AS basket,
           transactions.household_id AS household
    FROM transactions
    CROSS JOIN settings
    WHERE transactions.transaction_timestamp < epoch_ms(settings.until)
),
counted AS (SELECT product, count(*) AS lines, count(DISTINCT household) AS buyers FROM before GROUP BY product)
SELECT to_json({
    'baskets': (SELECT count(DISTINCT basket) FROM before),
    'lines': (SELECT map(list(product), list(lines)) FROM counted),
    'buyers': (SELECT map(list(product), list(buyers)) FROM counted)
}) AS json

-- The brand of each product, as one JSON object: National or Private.
SELECT to_json(map(list(product ORDER BY product), list(brand ORDER BY product))) AS json
FROM (SELECT CAST(product_id AS VARCHAR) AS product, brand FROM products WHERE brand IS NOT NULL) AS branded

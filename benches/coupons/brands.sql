-- Who makes each product, {product: manufacturer}.
SELECT to_json(map(list(CAST(product_id AS VARCHAR) ORDER BY product_id), list(CAST(manufacturer_id AS VARCHAR) ORDER BY product_id))) AS json
FROM products
WHERE manufacturer_id IS NOT NULL

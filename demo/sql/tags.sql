-- Tags from what was bought in at least three baskets. None of them tells of health, children, faith or money.
WITH meant (tag, category) AS (
    VALUES ('pets', 'CAT FOOD'), ('pets', 'DOG FOODS'), ('pets', 'CAT LITTER'), ('coffee', 'COFFEE'), ('organic', 'ORGANICS FRUIT & VEGETABLES'),
           ('baking', 'BAKING MIXES'), ('baking', 'BAKING NEEDS'), ('grilling', 'CHARCOAL AND LIGHTER FLUID'), ('flowers', 'FLORAL-FRESH CUT'),
           ('seafood', 'SEAFOOD-FRESH'), ('seafood', 'SEAFOOD - FROZEN'), ('salads', 'SALAD MIX')
)
SELECT lines.member, json_object('tag', meant.tag, 'source', 'orders') AS json
FROM lines
JOIN products ON products.id = lines.id
JOIN meant ON meant.category = products.category
CROSS JOIN settings
WHERE lines.moment < settings.until AND lines.quantity >= 1
GROUP BY lines.member, meant.tag
HAVING count(DISTINCT lines.basket) >= 3
ORDER BY lines.member, meant.tag

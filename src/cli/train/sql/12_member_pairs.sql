-- How many members bought both of two items, for pairs that may stand for each other: all pairs of one category, and,
-- for items of categories with fewer than 10 items, pairs with any other item. Items without a category make one
-- together. Pairs of fewer than 3 members say nothing.
CREATE TABLE member_pairs AS
WITH bought AS (
    SELECT first_bought.member, items.item, coalesce(items.category, '') AS category
    FROM first_bought
    JOIN items ON items.item = first_bought.item
    WHERE items.buyers >= 3
),
inside AS (
    SELECT one.item AS i, other.item AS j, count(*) AS members
    FROM bought AS one
    JOIN bought AS other ON other.member = one.member AND other.category = one.category AND other.item <> one.item
    GROUP BY one.item, other.item
    HAVING count(*) >= 3
),
lonely AS (
    SELECT items.item
    FROM items
    JOIN (SELECT coalesce(category, '') AS category, count(*) AS items FROM items GROUP BY coalesce(category, '')) AS sizes
      ON sizes.category = coalesce(items.category, '')
    WHERE sizes.items < 10
),
outside AS (
    SELECT one.item AS i, other.item AS j, count(*) AS members
    FROM bought AS one
    JOIN lonely ON lonely.item = one.item
    JOIN bought AS other ON other.member = one.member AND other.category <> one.category
    GROUP BY one.item, other.item
    HAVING count(*) >= 3
)
SELECT i, j, members FROM inside
UNION ALL
SELECT i, j, members FROM outside

-- How many baskets hold both of two items.
CREATE TABLE basket_pairs AS
SELECT one.item AS i, other.item AS j, CAST(count(*) AS DOUBLE) AS baskets
FROM contents AS one
JOIN contents AS other ON other.number = one.number AND other.item > one.item
GROUP BY one.item, other.item

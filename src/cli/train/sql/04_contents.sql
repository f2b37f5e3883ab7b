-- What each basket holds: a set of items.
CREATE TABLE contents AS
SELECT DISTINCT baskets.number, baskets.member, baskets.nth, baskets.moment, items.item
FROM sold
JOIN items ON items.id = sold.id
JOIN baskets ON baskets.member = sold.member AND baskets.basket = sold.basket

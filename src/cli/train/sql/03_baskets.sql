-- The baskets that hold an item, numbered; `nth` counts each member's own from 1, by time.
CREATE TABLE baskets AS
SELECT row_number() OVER (ORDER BY member, moment, basket) AS number,
       row_number() OVER (PARTITION BY member ORDER BY moment, basket) AS nth,
       member, basket, moment
FROM (SELECT sold.member, sold.basket, min(sold.moment) AS moment FROM sold JOIN items ON items.id = sold.id GROUP BY sold.member, sold.basket) AS held

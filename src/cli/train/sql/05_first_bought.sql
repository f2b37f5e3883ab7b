-- Who bought what, and in which of their baskets first.
CREATE TABLE first_bought AS
SELECT member, item, min(nth) AS nth, count(*) AS times
FROM contents
GROUP BY member, item

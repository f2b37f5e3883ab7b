-- Lines that count: before `until`, at least one piece, of a known product.
CREATE TABLE sold AS
SELECT lines.member, lines.basket, lines.moment, lines.id, lines.quantity, lines.price
FROM lines
JOIN products ON products.id = lines.id
CROSS JOIN settings
WHERE lines.moment < settings.until AND lines.quantity >= 1

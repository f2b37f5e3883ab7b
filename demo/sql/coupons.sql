-- The retailer's mailed coupons that still run, as offers of the wallet. The data knows which products a coupon is for
-- and until when, not what it is worth: that is taken from the orders of the days it was redeemed on (the commonest coupon
-- discount on its products), or else from coupon discounts on its products over the year, or else it is a dollar.
WITH running AS (
    SELECT DISTINCT coupons.campaign_id, coupons.coupon_upc, coupons.product_id, about.start_date, about.end_date
    FROM coupons
    JOIN campaign_descriptions AS about ON about.campaign_id = coupons.campaign_id
    CROSS JOIN settings
    WHERE epoch_ms(about.start_date) < until AND epoch_ms(about.end_date) >= until AND about.campaign_type <> 'Type A'
),
sets AS (
    SELECT campaign_id, coupon_upc, start_date, end_date, to_json(list(CAST(product_id AS VARCHAR) ORDER BY CAST(product_id AS VARCHAR))) AS items,
           count(*) AS products
    FROM running
    JOIN items ON items.id = CAST(running.product_id AS VARCHAR)
    GROUP BY campaign_id, coupon_upc, start_date, end_date
),
discounts AS (
    SELECT running.campaign_id, running.coupon_upc, orders.coupon_disc,
           CASE WHEN used.household_id IS NULL THEN 0 ELSE 1 END AS redeemed
    FROM running
    JOIN orders ON orders.product_id = running.product_id AND orders.coupon_disc > 0
    CROSS JOIN settings
    LEFT JOIN coupon_redemptions AS used
      ON used.campaign_id = running.campaign_id AND used.coupon_upc = running.coupon_upc AND used.household_id = orders.household_id
     AND CAST(used.redemption_date AS DATE) = CAST(orders.transaction_timestamp - INTERVAL 5 HOUR AS DATE)
    WHERE epoch_ms(orders.transaction_timestamp) < until
),
worth AS (
    SELECT campaign_id, coupon_upc, coupon_disc,
           row_number() OVER (PARTITION BY campaign_id, coupon_upc ORDER BY redeemed DESC, count(*) DESC, coupon_disc) AS place
    FROM discounts
    GROUP BY campaign_id, coupon_upc, redeemed, coupon_disc
),
kinds AS (
    SELECT running.campaign_id, running.coupon_upc, items.category,
           row_number() OVER (PARTITION BY running.campaign_id, running.coupon_upc ORDER BY count(*) DESC, items.category) AS place
    FROM running
    JOIN items ON items.id = CAST(running.product_id AS VARCHAR)
    GROUP BY running.campaign_id, running.coupon_upc, items.category
),
valued AS (
    SELECT sets.*, CAST(round(coalesce(worth.coupon_disc, 1.0) * 100) AS BIGINT) AS amount,
           coalesce(words.en, kinds.category) AS en, coalesce(words."zh-CN", words.en, kinds.category) AS zh
    FROM sets
    LEFT JOIN worth ON worth.campaign_id = sets.campaign_id AND worth.coupon_upc = sets.coupon_upc AND worth.place = 1
    LEFT JOIN kinds ON kinds.campaign_id = sets.campaign_id AND kinds.coupon_upc = sets.coupon_upc AND kinds.place = 1
    LEFT JOIN words ON words.part = 'category' AND words.name = kinds.category
)
SELECT json_object(
           'id', 'coupon-' || campaign_id || '-' || coupon_upc,
           'titles', json_object('en', printf('$%d.%02d off %s', amount // 100, amount % 100, lower(en)), 'zh-CN', printf('%s立减%d.%02d美元', zh, amount // 100, amount % 100)),
           'activation', 'wallet',
           'effects', json_array(json_object('kind', 'amount', 'on', 'order', 'amount', amount, 'where', json_object('item.id', json_object('$in', items)))),
           'window', json_object('from', strftime(start_date, '%Y-%m-%d'), 'until', strftime(end_date + INTERVAL 1 DAY, '%Y-%m-%d')),
           'limits', json_object('perMember', 1),
           'group', 'coupons',
           'tags', json_array('coupon')
       ) AS json
FROM valued
ORDER BY campaign_id, coupon_upc

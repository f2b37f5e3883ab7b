-- The products that each coupon of a campaign is for: {campaign: {coupon: [product, ...]}}.
WITH each_coupon AS (
    SELECT CAST(campaign_id AS VARCHAR) AS campaign, CAST(coupon_upc AS VARCHAR) AS coupon,
           list(DISTINCT CAST(product_id AS BIGINT) ORDER BY CAST(product_id AS BIGINT)) AS products
    FROM coupons
    GROUP BY campaign_id, coupon_upc
),
each_campaign AS (
    SELECT campaign, map(list(coupon ORDER BY coupon), list(products ORDER BY coupon)) AS coupons
    FROM each_coupon
    GROUP BY campaign
)
SELECT to_json(map(list(campaign ORDER BY campaign), list(coupons ORDER BY campaign))) AS json
FROM each_campaign

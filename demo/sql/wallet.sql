-- Coupons of the campaigns that were mailed to a household and still run, less those it used. Of campaigns of type A,
-- which 16 of the coupons a household got is not recorded, so they put nothing into a wallet.
SELECT CAST(campaigns.household_id AS VARCHAR) AS member,
       json_object('offer', 'coupon-' || coupons.campaign_id || '-' || coupons.coupon_upc, 'code', CAST(coupons.coupon_upc AS VARCHAR),
                   'receivedAt', epoch_ms(about.start_date) + 18000000, 'expiresAt', epoch_ms(about.end_date) + 104400000, 'usesLeft', 1) AS json
FROM campaigns
JOIN campaign_descriptions AS about ON about.campaign_id = campaigns.campaign_id
JOIN (SELECT DISTINCT campaign_id, coupon_upc FROM coupons) AS coupons ON coupons.campaign_id = campaigns.campaign_id
CROSS JOIN settings
LEFT JOIN (SELECT DISTINCT household_id, campaign_id, coupon_upc FROM coupon_redemptions CROSS JOIN settings WHERE epoch_ms(redemption_date) < until) AS used
  ON used.household_id = campaigns.household_id AND used.campaign_id = coupons.campaign_id AND used.coupon_upc = coupons.coupon_upc
WHERE epoch_ms(about.start_date) < until AND epoch_ms(about.end_date) >= until AND about.campaign_type <> 'Type A' AND used.household_id IS NULL
ORDER BY campaigns.household_id, coupons.campaign_id, coupons.coupon_upc

-- Coupons that households redeemed, at noon of the day in the shop.
SELECT CAST(household_id AS VARCHAR) AS member,
       json_object('offer', 'coupon-' || campaign_id || '-' || coupon_upc, 'at', epoch_ms(redemption_date) + 61200000, 'code', CAST(coupon_upc AS VARCHAR)) AS json
FROM coupon_redemptions
CROSS JOIN settings
WHERE epoch_ms(redemption_date) + 61200000 < until
ORDER BY household_id, redemption_date, campaign_id, coupon_upc

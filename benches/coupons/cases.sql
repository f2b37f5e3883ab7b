-- Which coupons a household used of those of a campaign that was mailed to it: {id, household, campaign, type, start, candidates,
-- redeemed}, day 0 = 2017-01-01. A case is a household and a campaign with at least one redemption within the campaign's days and a
-- purchase before it; candidates are all coupons of the campaign.
WITH offered AS (
    SELECT campaign_id AS campaign, list(coupon ORDER BY coupon) AS candidates
    FROM (SELECT DISTINCT campaign_id, CAST(coupon_upc AS VARCHAR) AS coupon FROM coupons) AS each_coupon
    GROUP BY campaign_id
),
about AS (
    SELECT campaign_id AS campaign, campaign_type AS type,
           date_diff('day', DATE '2017-01-01', CAST(start_date AS DATE)) AS first_day,
           date_diff('day', DATE '2017-01-01', CAST(end_date AS DATE)) AS last_day
    FROM campaign_descriptions
),
used AS (
    SELECT redemptions.household_id AS household, redemptions.campaign_id AS campaign,
           list(DISTINCT CAST(redemptions.coupon_upc AS VARCHAR) ORDER BY CAST(redemptions.coupon_upc AS VARCHAR)) AS redeemed
    FROM coupon_redemptions AS redemptions
    JOIN about ON about.campaign = redemptions.campaign_id
    JOIN offered ON offered.campaign = redemptions.campaign_id
    WHERE date_diff('day', DATE '2017-01-01', CAST(redemptions.redemption_date AS DATE)) BETWEEN about.first_day AND about.last_day
      AND list_contains(offered.candidates, CAST(redemptions.coupon_upc AS VARCHAR))
    GROUP BY redemptions.household_id, redemptions.campaign_id
),
bought AS (
    SELECT household_id AS household, min(date_diff('day', DATE '2017-01-01', CAST(transaction_timestamp AS DATE))) AS first_day
    FROM transactions
    GROUP BY household_id
)
SELECT to_json({
    'id': CAST(mailed.household_id AS VARCHAR) || '/' || CAST(mailed.campaign_id AS VARCHAR),
    'household': CAST(mailed.household_id AS VARCHAR),
    'campaign': CAST(mailed.campaign_id AS VARCHAR),
    'type': about.type,
    'start': about.first_day,
    'candidates': offered.candidates,
    'redeemed': used.redeemed
}) AS json
FROM campaigns AS mailed
JOIN about ON about.campaign = mailed.campaign_id
JOIN offered ON offered.campaign = mailed.campaign_id
JOIN used ON used.campaign = mailed.campaign_id AND used.household = mailed.household_id
JOIN bought ON bought.household = mailed.household_id
WHERE len(used.redeemed) < len(offered.candidates) AND bought.first_day < about.first_day
ORDER BY about.first_day, about.campaign, mailed.household_id

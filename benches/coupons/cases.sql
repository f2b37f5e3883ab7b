-- Which coupons a household used of those of a campaign that was mailed to it: {id, household, campaign, type, start, candidates,
-- redeemed, used: [[coupon, first day], ...], before: [[coupon, day], ...] of all it used before the start}, day 0 = 2017-01-01. A case is a household and a campaign with at least one redemption within the campaign's days and a
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
redeemed AS (
    SELECT household_id AS household, campaign_id AS campaign, CAST(coupon_upc AS VARCHAR) AS coupon,
           date_diff('day', DATE '2017-01-01', CAST(redemption_date AS DATE)) AS day
    FROM coupon_redemptions
),
first_used AS (
    SELECT redeemed.household, redeemed.campaign, redeemed.coupon, min(redeemed.day) AS day
    FROM redeemed
    JOIN about ON about.campaign = redeemed.campaign
    JOIN offered ON offered.campaign = redeemed.campaign
    WHERE redeemed.day BETWEEN about.first_day AND about.last_day AND list_contains(offered.candidates, redeemed.coupon)
    GROUP BY redeemed.household, redeemed.campaign, redeemed.coupon
),
used AS (
    SELECT household, campaign, list(coupon ORDER BY coupon) AS redeemed,
           list(to_json([to_json(coupon), to_json(day)]) ORDER BY coupon) AS used
    FROM first_used
    GROUP BY household, campaign
),
earlier AS (
    SELECT used.household, used.campaign, list(to_json([to_json(redeemed.coupon), to_json(redeemed.day)]) ORDER BY redeemed.day, redeemed.coupon) AS uses
    FROM used
    JOIN about ON about.campaign = used.campaign
    JOIN redeemed ON redeemed.household = used.household AND redeemed.day < about.first_day
    GROUP BY used.household, used.campaign
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
    'redeemed': used.redeemed,
    'used': used.used,
    'before': earlier.uses
}) AS json
FROM campaigns AS mailed
JOIN about ON about.campaign = mailed.campaign_id
JOIN offered ON offered.campaign = mailed.campaign_id
JOIN used ON used.campaign = mailed.campaign_id AND used.household = mailed.household_id
JOIN bought ON bought.household = mailed.household_id
LEFT JOIN earlier ON earlier.campaign = mailed.campaign_id AND earlier.household = mailed.household_id
WHERE len(used.redeemed) < len(offered.candidates) AND bought.first_day < about.first_day
ORDER BY about.first_day, about.campaign, mailed.household_id

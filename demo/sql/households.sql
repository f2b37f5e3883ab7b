-- The households that the demo shows, and what its list says of them: mostly regulars whose size is known and who hold
-- coupons, then some without either, some who slipped away, some who are new. The order inside a group is arbitrary but
-- fixed.
WITH trips AS (
    SELECT member, moment, CAST(sum(coalesce(paid, 0)) AS BIGINT) AS paid,
           (moment - lag(moment) OVER (PARTITION BY member ORDER BY moment, basket)) / 86400000e0 AS gap
    FROM (SELECT member, basket, min(moment) AS moment, sum(paid) AS paid FROM lines CROSS JOIN settings WHERE moment < until GROUP BY member, basket) AS baskets
    GROUP BY member, moment, basket
),
habits AS (
    SELECT member, count(*) AS trips, min(moment) AS first, max(moment) AS last, CAST(sum(paid) AS BIGINT) AS spent,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS gap
    FROM trips
    GROUP BY member
),
mailed AS (
    SELECT CAST(campaigns.household_id AS VARCHAR) AS member, count(*) AS campaigns
    FROM campaigns
    JOIN campaign_descriptions AS about ON about.campaign_id = campaigns.campaign_id
    CROSS JOIN settings
    WHERE epoch_ms(about.start_date) < until AND epoch_ms(about.end_date) >= until
    GROUP BY campaigns.household_id
),
known AS (
    SELECT habits.*, mailed.campaigns, demographics.household_size AS people, (until - last) / 86400000e0 AS away, (until - first) / 86400000e0 AS age,
           CASE WHEN gap <= 4.5 THEN 'twice-weekly' WHEN gap <= 9 THEN 'weekly' WHEN gap <= 18 THEN 'fortnightly' WHEN gap <= 45 THEN 'monthly' ELSE 'rarely' END AS rhythm
    FROM habits
    CROSS JOIN settings
    LEFT JOIN mailed ON mailed.member = habits.member
    LEFT JOIN demographics ON CAST(demographics.household_id AS VARCHAR) = habits.member
),
grouped AS (
    SELECT *,
           CASE
               WHEN trips >= 3 AND age < 75 THEN 'new'
               WHEN trips >= 10 AND away BETWEEN 60 AND 240 THEN 'away'
               WHEN trips BETWEEN 20 AND 250 AND away < 30 AND people IS NOT NULL AND campaigns IS NOT NULL THEN 'regular'
               WHEN trips BETWEEN 10 AND 250 AND away < 45 THEN 'other'
           END AS part
    FROM known
),
ranked AS (SELECT *, row_number() OVER (PARTITION BY part ORDER BY md5(member), member) AS place FROM grouped)
SELECT member,
       json_object(
           'name', json_object(
               'en', 'Household ' || member || CASE people WHEN '1' THEN ' · 1 person' ELSE coalesce(' · ' || people || ' people', '') END || ' · ' ||
                   CASE rhythm WHEN 'twice-weekly' THEN 'twice a week' WHEN 'fortnightly' THEN 'every two weeks' ELSE rhythm END,
               'zh-CN', member || '号家庭' || coalesce(' · ' || replace(people, '5+', '5口以上') || CASE people WHEN '5+' THEN '' ELSE '口人' END, '') || ' · ' ||
                   CASE rhythm WHEN 'twice-weekly' THEN '每周两次' WHEN 'weekly' THEN '每周采购' WHEN 'fortnightly' THEN '两周一次' WHEN 'monthly' THEN '每月一次' ELSE '偶尔来' END),
           'people', CAST(replace(people, '+', '') AS INTEGER),
           'rhythm', rhythm,
           'away', CAST(floor(away) AS INTEGER),
           'tier', CASE WHEN spent >= 600000 THEN 'platinum' WHEN spent >= 300000 THEN 'gold' WHEN spent >= 100000 THEN 'silver' ELSE 'member' END
       ) AS json
FROM ranked
WHERE part = 'regular' AND place <= 150 OR part = 'other' AND place <= 30 OR part = 'away' AND place <= 12 OR part = 'new' AND place <= 8 OR member = '2375'
ORDER BY member <> '2375', CASE part WHEN 'regular' THEN 1 WHEN 'other' THEN 2 WHEN 'away' THEN 3 ELSE 4 END, place
LIMIT 200

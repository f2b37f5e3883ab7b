-- The households that the demo shows, and what its list says of them: mostly regulars whose size is known and who hold
-- coupons, then some without either, some who slipped away, some who are new. The order inside a group is arbitrary but
-- fixed.
WITH trips AS (
    SELECT member, basket, min(moment) AS moment
    FROM lines
    CROSS JOIN settings
    WHERE moment < until
    GROUP BY member, basket
),
days AS (SELECT DISTINCT member, CAST(floor((moment - 18000000) / 86400000) AS BIGINT) AS day FROM trips),
gaps AS (SELECT member, day - lag(day) OVER (PARTITION BY member ORDER BY day) AS gap FROM days),
paces AS (SELECT member, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS gap FROM gaps WHERE gap IS NOT NULL GROUP BY member),
habits AS (
    SELECT trips.member, count(*) AS trips, min(moment) AS first, max(moment) AS last, min(paces.gap) AS gap
    FROM trips
    LEFT JOIN paces ON paces.member = trips.member
    GROUP BY trips.member
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
ranked AS (SELECT *, row_number() OVER (PARTITION BY part, rhythm ORDER BY md5(member), member) AS place FROM grouped)
SELECT member,
       json_object(
           'name', json_object(
               'en', 'Household ' || member || CASE people WHEN '1' THEN ' · 1 person' ELSE coalesce(' · ' || people || ' people', '') END || ' · ' ||
                   CASE rhythm WHEN 'twice-weekly' THEN 'twice a week' WHEN 'fortnightly' THEN 'every two weeks' ELSE rhythm END,
               'zh-CN', member || '号家庭' || coalesce(' · ' || replace(people, '5+', '5口以上') || CASE people WHEN '5+' THEN '' ELSE '口人' END, '') || ' · ' ||
                   CASE rhythm WHEN 'twice-weekly' THEN '每周两次' WHEN 'weekly' THEN '每周采购' WHEN 'fortnightly' THEN '两周一次' WHEN 'monthly' THEN '每月一次' ELSE '偶尔来' END),
           'people', CAST(replace(people, '+', '') AS INTEGER),
           'rhythm', rhythm,
           'away', CAST(floor(away) AS INTEGER)
       ) AS json
FROM ranked
WHERE part = 'regular' AND place <= CASE rhythm WHEN 'weekly' THEN 95 WHEN 'rarely' THEN 0 ELSE 40 END
   OR part = 'other' AND place <= 14 OR part = 'away' AND place <= 4 OR part = 'new' AND place <= 3 OR member = '2375'
ORDER BY member <> '2375', CASE part WHEN 'away' THEN 1 WHEN 'new' THEN 1 ELSE 0 END, md5(member)
LIMIT 200

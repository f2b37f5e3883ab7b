-- What rules may read of a household: how many live in it, and the store it goes to. Age, income, marital status, home
-- ownership and children stand in the data too and are left out: no offer here needs them, and prices that follow
-- income or age are what the law on fair automated decisions forbids.
WITH visits AS (
    SELECT member, store, count(DISTINCT basket) AS baskets
    FROM lines
    CROSS JOIN settings
    WHERE moment < until AND store IS NOT NULL
    GROUP BY member, store
),
homes AS (SELECT member, store, row_number() OVER (PARTITION BY member ORDER BY baskets DESC, store) AS place FROM visits)
SELECT homes.member,
       CASE
           WHEN demographics.household_size IS NULL THEN json_object('homeStore', homes.store)
           ELSE json_object('homeStore', homes.store, 'householdSize', CAST(replace(demographics.household_size, '+', '') AS INTEGER))
       END AS json
FROM homes
LEFT JOIN demographics ON CAST(demographics.household_id AS VARCHAR) = homes.member
WHERE homes.place = 1
ORDER BY homes.member

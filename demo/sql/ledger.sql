-- Points as the demo's programme would have given them: one for each whole dollar paid, order by order. The data has no
-- points of its own, and nobody is made to have spent any.
SELECT member, json_object('id', 'earn-' || basket, 'at', min(moment), 'kind', 'earn', 'amount', CAST(floor(sum(paid) / 100) AS BIGINT), 'source', basket, 'rule', 'base') AS json
FROM lines
CROSS JOIN settings
WHERE moment < until AND paid > 0
GROUP BY member, basket
HAVING sum(paid) >= 100
ORDER BY member, min(moment), basket

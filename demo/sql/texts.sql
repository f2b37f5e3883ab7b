-- What departments, categories, kinds and brands are called: {locale: {"term:<name>": words}}.
WITH named AS (
    SELECT DISTINCT 'term:' || term AS code, words.en, words."zh-CN" AS zh
    FROM (SELECT department AS term, 'department' AS part FROM items
          UNION SELECT category, 'category' FROM items
          UNION SELECT brand, 'brand' FROM items) AS terms
    JOIN words ON words.part = terms.part AND trim(words.name) = term
    UNION
    SELECT DISTINCT 'term:' || items.kind, coalesce(exact.en, byType.en), coalesce(exact."zh-CN", byType."zh-CN")
    FROM items
    LEFT JOIN words AS exact ON exact.part = 'type' AND exact.name = items.kind
    LEFT JOIN words AS byType ON byType.part = 'type' AND items.kind = items.category || ': ' || byType.name
    WHERE exact.name IS NOT NULL OR byType.name IS NOT NULL
)
SELECT json_object('en', to_json(map_from_entries(list((code, en) ORDER BY code))),
                   'zh-CN', to_json(map_from_entries(list((code, zh) ORDER BY code)))) AS json
FROM (SELECT code, min(en) AS en, min(zh) AS zh FROM named GROUP BY code) AS once
